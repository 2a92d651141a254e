/*
 * Prints what was measured; refuses to know how.
 *
 * A page is put together first and printed as a whole, so that whoever reads it gets all or
 * nothing.
 */
#include "micro_report.h"

#include <math.h>
#include <stdio.h>

#include "base/json.h"

static bool print(struct stator_text *page)
{
    bool good = !page->failed && fwrite(page->at, 1, page->length, stdout) == page->length &&
                fflush(stdout) == 0;

    stator_text_finish(page);
    return good;
}

/* --- the table ------------------------------------------------------------------------------ */

static void add_cell(struct stator_text *page, double number, int digits)
{
    char cell[32] = "-";

    if (!isnan(number)) {
        snprintf(cell, sizeof(cell), "%.*f", digits, number);
    }
    stator_text_add_format(page, " %12s", cell);
}

static void add_line(struct stator_text *page, const char *name, const struct micro_result *result)
{
    stator_text_add_format(page, "  %-38s", name);
    add_cell(page, result->median, 1);
    add_cell(page, result->minimum, 1);
    add_cell(page, result->instructions, 0);
    add_cell(page, result->allocations, 2);
    stator_text_add_char(page, '\n');
}

bool micro_report_table(const struct micro_plan *plan, const struct micro_result *results)
{
    struct stator_text page = {0};

    for (size_t i = 0; i < plan->count; i++) {
        const struct micro_subject *subject = plan->subjects[i];

        stator_text_add_format(&page, "%-40s %12s %12s %12s %12s\n", subject->name, "ns, median",
                               "ns, min", "instructions", "allocations");
        for (size_t k = 0; k < subject->count; k++) {
            add_line(&page, subject->rows[k].name, results++);
        }
    }
    return print(&page);
}

/* --- JSON ----------------------------------------------------------------------------------- */

static void add_member(struct stator_text *page, const char *key, double number, int digits)
{
    if (isnan(number)) {
        stator_text_add_format(page, ",\"%s\":null", key);
    } else {
        stator_text_add_format(page, ",\"%s\":%.*f", key, digits, number);
    }
}

static void add_object(struct stator_text *page, const struct micro_subject *subject,
                       const struct micro_row *row, const struct micro_result *result)
{
    stator_text_add_string(page, "{\"subject\":");
    stator_json_add_string(page, stator_span_from(subject->name));
    stator_text_add_string(page, ",\"operation\":");
    stator_json_add_string(page, stator_span_from(row->name));
    add_member(page, "ns", result->median, 1);
    add_member(page, "ns_min", result->minimum, 1);
    add_member(page, "instructions", result->instructions, 1);
    add_member(page, "allocations", result->allocations, 2);
    stator_text_add_char(page, '}');
}

bool micro_report_json(const struct micro_plan *plan, const struct micro_result *results)
{
    struct stator_text page = {0};
    const char *before = "[";

    for (size_t i = 0; i < plan->count; i++) {
        const struct micro_subject *subject = plan->subjects[i];

        for (size_t k = 0; k < subject->count; k++) {
            stator_text_add_string(&page, before);
            add_object(&page, subject, &subject->rows[k], results++);
            before = ",\n ";
        }
    }
    stator_text_add_string(&page, "]\n");
    return print(&page);
}
