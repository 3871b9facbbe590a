-- A copy of the database signs nothing, hears nothing and answers no edge.
UPDATE campus_key SET private_seed = NULL;
UPDATE campus_edge
   SET state = CASE WHEN state = 'active' THEN 'disabled' ELSE state END,
       channel = NULL, pairing_digest = NULL, pairing_until = NULL;
UPDATE campus_edge SET snapshot_salt = NULL;
