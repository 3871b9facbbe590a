import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { NoAnswerError, OfflineError } from "./till_client";

const AWAY = [NoAnswerError, OfflineError, ConnectionLostError];
const WRITTEN_FOR_PEOPLE = "odoo.exceptions.";

/** What went wrong, in a sentence for the cashier; never the text of a program's own exception. */
export function sentenceOf(error, away = _t("The server cannot be reached. Try again.")) {
    if (AWAY.some((kind) => error instanceof kind)) {
        return away.toString();
    }
    if (error instanceof RPCError && error.data?.name?.startsWith(WRITTEN_FOR_PEOPLE)) {
        return error.data.message;
    }
    return _t("This did not work. Try again. If it fails again, tell an administrator.").toString();
}
