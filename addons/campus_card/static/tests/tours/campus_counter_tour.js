import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("campus_counter_tour", {
    steps: () => [
        {
            content: "The overview shows what waits",
            trigger: ".o_campus_overview .o_campus_row:contains('Lost')",
        },
        { trigger: ".o_menu_sections button:contains('Counter')", run: "click" },
        { trigger: ".o-dropdown--menu a:contains('Top Up and Pay Out')", run: "click" },
        {
            content: "The card is scanned",
            trigger: ".o_campus_counter .o_campus_scan input",
            run: "edit 04A1B2C3 && press Enter",
        },
        { trigger: ".o_campus_counter .o_campus_sheet:contains('Lin Xiaoyu')" },
        { trigger: "button[name=action_set_amount]:contains('50')", run: "click" },
        { trigger: ".o_campus_counter .o_campus_ask input:value(50.00)" },
        { trigger: "button[name=action_confirm]:contains('Take the Cash')", run: "click" },
        {
            content: "The balance before and after is shown",
            trigger: ".o_campus_counter .o_campus_done:contains('Topped up'):contains('50.00')",
        },
        { trigger: "button[name=action_next]", run: "click" },
        {
            content: "The next customer is not known",
            trigger: ".o_campus_counter .o_campus_scan input:value()",
            run: "edit nobody && press Enter",
        },
        { trigger: ".o_campus_counter .alert-warning:contains('not known')" },
        { trigger: ".modal-footer button:contains('Close')", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
