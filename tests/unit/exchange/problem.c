/* The pages that say what went wrong. */
#include "exchange/problem.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const enum stator_status statuses[] = {
    STATOR_STATUS_PERMANENT_REDIRECT,
    STATOR_STATUS_BAD_REQUEST,
    STATOR_STATUS_FORBIDDEN,
    STATOR_STATUS_NOT_FOUND,
    STATOR_STATUS_METHOD_NOT_ALLOWED,
    STATOR_STATUS_NOT_ACCEPTABLE,
    STATOR_STATUS_REQUEST_TIMEOUT,
    STATOR_STATUS_PRECONDITION_FAILED,
    STATOR_STATUS_CONTENT_TOO_LARGE,
    STATOR_STATUS_URI_TOO_LONG,
    STATOR_STATUS_RANGE_NOT_SATISFIABLE,
    STATOR_STATUS_EXPECTATION_FAILED,
    STATOR_STATUS_FIELDS_TOO_LARGE,
    STATOR_STATUS_INTERNAL_SERVER_ERROR,
    STATOR_STATUS_NOT_IMPLEMENTED,
    STATOR_STATUS_SERVICE_UNAVAILABLE,
    STATOR_STATUS_VERSION_NOT_SUPPORTED,
};

static bool holds(const struct stator_text *text, struct stator_span piece)
{
    return piece.length > 0 && memmem(text->at, text->length, piece.at, piece.length) != NULL;
}

Test(problem, every_page_says_code_reason_and_advice)
{
    for (size_t i = 0; i < 2 * sizeof(statuses) / sizeof(statuses[0]); i++) {
        enum stator_status status = statuses[i / 2];
        bool html = i % 2 == 0;
        struct stator_text text = {0};
        struct stator_span type = stator_problem_type(html);
        char code[8];

        snprintf(code, sizeof(code), "%d ", status);
        stator_problem_write(status, html, &text);
        cr_expect_not(text.failed);
        cr_expect_eq(text.length, stator_problem_length(status, html), "%d", status);
        cr_expect(holds(&text, stator_span_from(code)), "%d", status);
        cr_expect(holds(&text, stator_status_reason(status)), "%d", status);
        cr_expect(holds(&text, stator_status_advice(status)), "%d", status);
        cr_expect_eq(text.at[text.length - 1], '\n', "%d", status);
        cr_expect(stator_span_equal(type, html ? STATOR_SPAN("text/html; charset=utf-8")
                                               : STATOR_SPAN("text/plain; charset=utf-8")));
        cr_expect_eq(stator_span_starts(stator_text_span(&text), STATOR_SPAN("<!doctype html>")),
                     html);
        cr_expect_eq(stator_span_find(stator_text_span(&text), '<') < text.length, html);
        stator_text_finish(&text);
    }
}

Test(problem, adds_to_what_is_there)
{
    struct stator_text text = {0};

    stator_text_add_string(&text, "before");
    stator_problem_write(STATOR_STATUS_NOT_FOUND, false, &text);
    cr_expect(stator_span_starts(stator_text_span(&text), STATOR_SPAN("before404 Not Found\n")));
    stator_text_finish(&text);
}

Test(problem, the_policy_allows_no_script)
{
    struct stator_text text = {0};

    stator_text_add(&text, stator_problem_csp);
    cr_expect(holds(&text, STATOR_SPAN("default-src 'none'")));
    cr_expect_not(holds(&text, STATOR_SPAN("script-src")));
    stator_text_finish(&text);
}
