/*
 * What a reader needs in order to believe the report: claims, checks, method, environment.
 *
 * Knows how they are shown; refuses to know what is claimed or checked. The one surprising thing:
 * the seed stands with the command, since both are needed to meet the same arrivals again.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "lab/report/claims.h"
#include "lab/report/parts.h"
#include "lab/result/figure.h"

void stator_report_claims(struct stator_report *report)
{
    static const char *const marks[] = {"&#10003; ", "&#10007; ", "&#8211; "};
    const struct stator_claim *claim;
    struct stator_text detail = {0};

    stator_report_tag(report, "<section id=\"claims\">\n<h2>Claims</h2>\n");
    stator_report_begin_table(report, "What papers and lectures claim, and what these figures say");
    stator_report_tag(report, "<thead><tr><th scope=\"col\">claim</th><th scope=\"col\">here</th>"
                              "<th scope=\"col\">figures</th></tr></thead>\n"
                              "<tbody class=\"text\">\n");
    for (size_t i = 0; (claim = stator_claim_at(i)) != NULL; i++) {
        enum stator_claim_answer answer = stator_claim_test(report->view, i, &detail);

        stator_report_element(report, "<tr><th scope=\"row\">", claim->claim, "<small>");
        stator_report_element(report, "", claim->source, "</small></th>");
        stator_text_add_format(report->out, "<td class=\"a%d\">%s", answer, marks[answer]);
        stator_report_element(report, "", stator_claim_answer_name(answer), "</td>");
        stator_report_take(report, "<td>", &detail, "");
        stator_report_element(report, "<small>", claim->test, "</small></td></tr>\n");
    }
    stator_report_end_table(report);
    stator_report_tag(report, "</section>\n");
    stator_text_finish(&detail);
}

static void add_check(struct stator_report *report, const struct stator_check *check)
{
    stator_report_element(report, "<tr><th scope=\"row\">", check->name, "</th><td>");
    stator_report_element(report, "", check->where, "</td><td>");
    stator_report_tag(report, check->passed ? "&#10003; holds" : "<strong>&#10007; fails</strong>");
    stator_report_element(report, "</td><td>", check->detail, "</td></tr>\n");
}

static void add_checks(struct stator_report *report, bool passed, const char *caption)
{
    const struct stator_result *result = report->view->result;

    stator_report_begin_table(report, caption);
    stator_report_tag(report, "<thead><tr><th scope=\"col\">check</th><th scope=\"col\">where</th>"
                              "<th scope=\"col\">answer</th><th scope=\"col\">figures</th></tr>"
                              "</thead>\n<tbody class=\"text\">\n");
    for (size_t i = 0; i < result->check_count; i++) {
        if (result->checks[i].passed == passed) {
            add_check(report, &result->checks[i]);
        }
    }
    stator_report_end_table(report);
}

void stator_report_checks(struct stator_report *report)
{
    const struct stator_result *result = report->view->result;
    size_t failed = 0;

    for (size_t i = 0; i < result->check_count; i++) {
        failed += !result->checks[i].passed;
    }
    stator_report_tag(report, "<section id=\"checks\">\n<h2>Checks</h2>\n");
    if (result->check_count == 0) {
        stator_report_tag(report, "<p>No checks were made.</p>\n");
    } else {
        stator_text_add_format(report->out, "<p>%zu of %zu checks hold.</p>\n",
                               result->check_count - failed, result->check_count);
    }
    if (failed > 0) {
        add_checks(report, false, "Checks that fail");
    }
    if (failed < result->check_count) {
        stator_report_tag(report, "<details>\n<summary>Checks that hold</summary>\n");
        add_checks(report, true, "Checks that hold");
        stator_report_tag(report, "</details>\n");
    }
    stator_report_tag(report, "</section>\n");
}

static const char method[] =
    "<ul>\n"
    "<li>For each repetition the designs run in shuffled order, each in a fresh process, after "
    "warming up.</li>\n"
    "<li>All designs meet the same requests, drawn beforehand from the seed.</li>\n"
    "<li>Response times count from when a request was meant to be sent; those that a naive client "
    "would see are kept beside them.</li>\n"
    "<li>Figures are medians of the repetitions. The interval is a 95 % bootstrap interval from "
    "five repetitions on; below that it is the range, widened by as much as the reference design "
    "wandered from its own median meanwhile.</li>\n"
    "<li>Designs are compared by their ratio in the same repetition. What is closer than 5 %, or "
    "whose interval holds 1, is a tie: =.</li>\n"
    "<li>Marked rows take no part in what is best, unless the marks are L and D alone: drift meets "
    "all designs alike, since the order is shuffled. Rows marked S, which left clients without an "
    "answer, take part in what they did and what they failed at, not in times and needs.</li>\n"
    "</ul>\n"
    "<h3>Marks</h3>\n<dl>\n"
    "<dt>L client-limited</dt><dd>the load generator lagged or had no processor left: the server "
    "may be better</dd>\n"
    "<dt>D drift</dt><dd>the reference design changed within the block: the machine was not the "
    "same throughout</dd>\n"
    "<dt>E errors</dt><dd>more than 0.1 % of the requests failed</dd>\n"
    "<dt>U unsteady</dt><dd>warming up did not settle</dd>\n"
    "<dt>C check</dt><dd>Little's law, utilisation, bytes or counts do not agree</dd>\n"
    "<dt>S starved</dt><dd>about half of the clients or more, or all, were left without an "
    "answer</dd>\n"
    "<dt>n/a</dt><dd>the design cannot do it, for the reason that stands there</dd>\n"
    "</dl>\n";

static void add_definitions(struct stator_report *report)
{
    stator_report_tag(report, "<details>\n<summary>What each metric means</summary>\n<dl>\n");
    for (unsigned i = 0; i < STATOR_METRIC_COUNT; i++) {
        const struct stator_metric_info *info = stator_metric_info(i);

        stator_report_element(report, "<dt>", info->slide, info->slide[0] != '\0' ? " " : "");
        stator_report_element(report, "", info->name, info->unit[0] != '\0' ? ", " : "");
        stator_report_element(report, "", info->unit, "</dt>");
        stator_report_element(report, "<dd>", info->definition, "</dd>\n");
    }
    stator_report_tag(report, "</dl>\n</details>\n");
}

/* How far the reference design differed from itself: what no other figure can be finer than. */
static void add_reference(struct stator_report *report)
{
    const struct stator_result *result = report->view->result;
    double min = INFINITY, max = 0;
    size_t count = 0;
    struct stator_text text = {0};

    for (size_t i = 0; i < result->trial_count; i++) {
        double cpu = result->trials[i].values[STATOR_METRIC_CPU];

        if (result->trials[i].reference && !isnan(cpu)) {
            min = cpu < min ? cpu : min;
            max = cpu > max ? cpu : max;
            count++;
        }
    }
    if (count < 2) {
        return;
    }
    stator_text_add_format(&text,
                           "The reference design was measured %zu times between the others; "
                           "its processor time went from ",
                           count);
    stator_figure_add(&text, STATOR_METRIC_CPU, min);
    stator_text_add_string(&text, " to ");
    stator_figure_add(&text, STATOR_METRIC_CPU, max);
    stator_text_add_string(&text, ": what differs by less says nothing.");
    stator_report_take(report, "<p>", &text, "</p>\n");
    stator_text_finish(&text);
}

void stator_report_method(struct stator_report *report)
{
    const struct stator_result *result = report->view->result;

    stator_report_tag(report, "<section id=\"method\">\n<h2>Method</h2>\n");
    stator_report_tag(report, method);
    add_definitions(report);
    stator_report_terms(report);
    add_reference(report);
    stator_report_tag(report, "<h3>The same again</h3>\n");
    stator_report_element(report, "<pre><code>", result->command, "</code></pre>\n");
    stator_text_add_format(report->out, "<p>Seed %" PRIu64 ", %u repetition%s", result->seed,
                           result->repetitions, result->repetitions == 1 ? "" : "s");
    if (result->reference[0] != '\0') {
        stator_report_element(report, ", reference design ", result->reference, "");
    }
    stator_text_add_format(report->out, ", %.0f s.</p>\n</section>\n", result->seconds);
}

void stator_report_environment(struct stator_report *report)
{
    const struct stator_result *result = report->view->result;

    stator_report_tag(report, "<section id=\"environment\">\n<h2>Environment</h2>\n");
    stator_report_begin_table(report, "Where it was measured");
    stator_report_tag(report, "<tbody class=\"text\">\n");
    for (size_t i = 0; i < result->fact_count; i++) {
        stator_report_element(report, "<tr><th scope=\"row\">", result->facts[i].name, "</th><td>");
        stator_report_element(report, "", result->facts[i].value, "</td></tr>\n");
    }
    stator_report_end_table(report);
    stator_report_tag(report, "</section>\n");
}
