-- What the signed requests of edges need beside the records of the ORM.
-- Run at every installation and update; safe to run again.

-- Unlogged: after a crash of the database the nonces of the last minutes are forgotten, which
-- the uuids of the taps make up for.
CREATE UNLOGGED TABLE IF NOT EXISTS campus_edge_nonce (
    edge_id integer NOT NULL,
    nonce uuid NOT NULL,
    seen_ms bigint NOT NULL,
    PRIMARY KEY (edge_id, nonce)
);
CREATE INDEX IF NOT EXISTS campus_edge_nonce_seen ON campus_edge_nonce (edge_id, seen_ms);
COMMENT ON TABLE campus_edge_nonce IS 'Signed requests of the last minutes, per edge.';

CREATE UNLOGGED TABLE IF NOT EXISTS campus_edge_failure (
    kind text NOT NULL,
    address text NOT NULL,
    seen_ms bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS campus_edge_failure_seen ON campus_edge_failure (kind, address, seen_ms);
COMMENT ON TABLE campus_edge_failure IS 'Wrong signatures and pairing codes of the last hour, per address.';
