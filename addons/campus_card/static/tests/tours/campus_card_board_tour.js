import { registry } from "@web/core/registry";

const column = (name) => `.o_kanban_group:has(.o_column_title:contains('${name}'))`;
const card = (name) => `${column(name)} .o_kanban_record:contains('Zhao Ming')`;

registry.category("web_tour.tours").add("campus_card_board_tour", {
    steps: () => [
        {
            content: "The board has a column per stage",
            trigger: column("Lost"),
        },
        {
            content: "A requested card is dragged to Approved",
            trigger: card("Requested"),
            run: `drag_and_drop (${column("Approved")})`,
        },
        {
            content: "It is approved, in words as well",
            trigger: `${card("Approved")} .badge:contains('Approved')`,
        },
        {
            content: "It is dragged where no verb leads",
            trigger: card("Approved"),
            run: `drag_and_drop (${column("Issued")})`,
        },
        { trigger: ".modal:contains('not possible')" },
        { trigger: ".modal button:contains('Close')", run: "click" },
        {
            content: "It stays where it was",
            trigger: card("Approved"),
            run: "click",
        },
        { trigger: ".o_form_view button[name=action_produce]", run: "click" },
        { trigger: ".o_form_view button[name=action_issue]", run: "click" },
        { trigger: ".o_form_view button[name=action_activate]", run: "click" },
        { trigger: ".o_form_view button[name=action_freeze]", run: "click" },
        { trigger: ".o_form_view .alert-warning:contains('Frozen since')" },
        { trigger: ".o_form_view button[name=action_unfreeze]", run: "click" },
        { trigger: ".o_form_view .badge:contains('Active')" },
    ],
});
