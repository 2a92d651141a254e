/*
 * The report: what stands on the page, from top to bottom.
 *
 * Knows the order, and what must be said before anything else; refuses to know how a section is
 * made. The one surprising thing: a result that must not be published says so above its title, and
 * not in a footnote.
 */
#include "lab/report/report.h"

#include <errno.h>
#include <stdio.h>

#include "lab/report/parts.h"
#include "lab/report/plot.h"
#include "lab/report/verdict.h"
#include "report_css.h"

static void add_banners(struct stator_report *report)
{
    const struct stator_result *result = report->view->result;

    if (!result->publishable) {
        stator_report_tag(report,
                          "<p class=\"banner\"><strong>Debug build: not for publication."
                          "</strong> Its figures say nothing about an optimised one.</p>\n");
    }
    if (result->partial) {
        stator_report_tag(report,
                          "<p class=\"banner\"><strong>Partial.</strong> The run was broken "
                          "off; what it did not come to is missing.</p>\n");
    }
    for (size_t i = 0; i < result->fact_count; i++) {
        const char *name = result->facts[i].name;

        if (stator_fact_is_lasting(name) &&
            stator_result_find_fact(result, name) != result->facts[i].value) {
            stator_report_tag(report,
                              "<p class=\"banner\"><strong>Different environments.</strong> "
                              "These results come from runs that differ: see below.</p>\n");
            break;
        }
    }
}

static void add_origin(struct stator_report *report)
{
    static const char *const names[] = {"processor", "processors", "kernel"};
    const struct stator_result *result = report->view->result;

    stator_report_element(report, "<p class=\"origin\">", result->date, "");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = stator_result_find_fact(result, names[i]);

        if (value != NULL) {
            stator_report_element(report, " &middot; ", names[i], " ");
            stator_report_text(report, value);
        }
    }
    stator_text_add_format(report->out,
                           " &middot; %zu designs, %zu workloads, %u repetition%s</p>\n",
                           report->view->arch_count, report->view->workload_count,
                           result->repetitions, result->repetitions == 1 ? "" : "s");
}

static void add_navigation(struct stator_report *report)
{
    stator_report_tag(report, "<nav aria-label=\"Sections\"><a href=\"#verdict\">verdict</a> "
                              "<a href=\"#metrics\">metrics</a> "
                              "<a href=\"#designs\">designs</a> ");
    for (size_t i = 0; i < report->view->workload_count; i++) {
        stator_report_element(report, "<a href=\"#w-", report->view->workloads[i].name, "\">");
        stator_report_element(report, "", report->view->workloads[i].name, "</a> ");
    }
    stator_report_tag(report, "<a href=\"#claims\">claims</a> <a href=\"#checks\">checks</a> "
                              "<a href=\"#method\">method</a> "
                              "<a href=\"#environment\">environment</a></nav>\n");
}

static void add_head(struct stator_report *report)
{
    stator_report_tag(report, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "
                              "charset=\"utf-8\">\n<meta name=\"viewport\" "
                              "content=\"width=device-width\">\n<title>Server designs compared");
    stator_report_element(report, "", report->view->result->publishable ? "" : " (debug build)",
                          "</title>\n<style>\n");
    stator_report_tag(report, stator_report_css);
    stator_report_tag(report, "</style>\n</head>\n<body>\n<header>\n");
    add_banners(report);
    stator_report_tag(report, "<h1>Server designs compared</h1>\n");
    add_origin(report);
    add_navigation(report);
    stator_report_tag(report, "</header>\n<main>\n");
}

static void add_verdict(struct stator_report *report)
{
    struct stator_text sentence = {0};

    stator_report_tag(report, "<section id=\"verdict\">\n<h2>Verdict</h2>\n<ol>\n");
    for (unsigned i = 0; i < STATOR_VERDICT_SENTENCES; i++) {
        stator_verdict_add(report->view, i, &sentence);
        stator_report_take(report, "<li>", &sentence, "</li>\n");
    }
    stator_report_tag(report, "</ol>\n</section>\n");
    stator_text_finish(&sentence);
}

static void add_metrics(struct stator_report *report)
{
    stator_report_tag(report, "<section id=\"metrics\">\n<h2>The six metrics</h2>\n<p>The best is "
                              "<strong>bold</strong>; what cannot be told from it has a =. Letters "
                              "mark rows to be careful with: see <a href=\"#method\">method</a>. "
                              "What the designs are stands <a href=\"#designs\">below</a>.</p>\n");
    stator_report_summary(report);
    stator_report_heat(report);
    stator_report_tag(report, "</section>\n");
}

static void add_missing_plots(struct stator_report *report, bool wanted)
{
    if (wanted && !report->plots) {
        stator_report_tag(report, "<p class=\"banner\">There are no plots, because gnuplot is not "
                                  "installed (package gnuplot-nox): the tables hold the same "
                                  "figures.</p>\n");
    } else if (!wanted) {
        stator_report_tag(report, "<p class=\"none\">Made without plots.</p>\n");
    }
}

int stator_report_make(const struct stator_result *result,
                       const struct stator_report_options *options, struct stator_text *out)
{
    struct stator_report report = {.out = out};
    int error = stator_view_create(result, options->find, &report.view);

    if (error != 0) {
        return error;
    }
    report.plots = options->plots && stator_plot_is_possible();
    add_head(&report);
    add_verdict(&report);
    add_metrics(&report);
    stator_report_archs(&report);
    add_missing_plots(&report, options->plots);
    for (size_t i = 0; i < report.view->workload_count; i++) {
        stator_report_workload(&report, i);
    }
    stator_report_claims(&report);
    stator_report_model(&report);
    stator_report_checks(&report);
    stator_report_method(&report);
    stator_report_environment(&report);
    stator_report_tag(&report, "</main>\n</body>\n</html>\n");
    stator_view_destroy(report.view);
    return out->failed ? -ENOMEM : 0;
}
