/* The report: byte for byte the same, made of the data, with nothing in it from elsewhere. */
#include "lab/report/report.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/report/plot.h"
#include "lab/result/save.h"
#include "unit/lab/report/golden.h"

/* A string of the page; the caller frees it. */
static char *make_page(const struct stator_result *result, bool plots)
{
    struct stator_report_options options = {.find = golden_workload, .plots = plots};
    struct stator_text page = {0};

    cr_assert_eq(stator_report_make(result, &options, &page), 0);
    stator_text_add_char(&page, '\0');
    return page.at;
}

static char *read_string(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = calloc(1, 1 << 20);

    cr_assert(file != NULL && text != NULL, "%s", path);
    cr_assert_lt(fread(text, 1, (1 << 20) - 1, file), (1 << 20) - 1);
    fclose(file);
    return text;
}

/* STATOR_GOLDEN=write writes it anew: look at what changed before it is kept. */
Test(report, golden)
{
    const char *write = getenv("STATOR_GOLDEN");
    struct stator_result *result = golden_result();
    char *page = make_page(result, false), *wanted;
    size_t same = 0;

    if (write != NULL && strcmp(write, "write") == 0) {
        struct stator_text text = {.at = page, .length = strlen(page)};

        cr_assert_eq(stator_save_text(golden_path("report.html"), &text), 0);
    }
    wanted = read_string(golden_path("report.html"));
    while (page[same] != '\0' && page[same] == wanted[same]) {
        same++;
    }
    cr_expect_eq(page[same], wanted[same], "at byte %zu:\n%.200s\ninstead of\n%.200s", same,
                 page + (same > 40 ? same - 40 : 0), wanted + (same > 40 ? same - 40 : 0));
    free(page);
    free(wanted);
    stator_result_destroy(result);
}

static size_t count_of(const char *text, const char *piece)
{
    size_t count = 0;

    for (; (text = strstr(text, piece)) != NULL; text += strlen(piece)) {
        count++;
    }
    return count;
}

/* A design that waits for the disk itself: 10 % of misses of 8 ms each are 1,250 a second. */
Test(report, a_simulation_stands_beside_what_was_measured)
{
    struct stator_result *result = golden_result();
    char *page = make_page(result, false);
    size_t known = 0;

    cr_expect_eq(count_of(page, "at devices at a time"), 0u, "nobody knows how many there are");
    free(page);
    for (size_t i = 0; i < result->trial_count; i++) {
        struct stator_trial *trial = &result->trials[i];

        if (strcmp(trial->workload, "disk") == 0 && strcmp(trial->arch, "event") == 0 &&
            trial->level == 10) {
            trial->overlap = 1;
            trial->values[STATOR_METRIC_RATE] = 1375;
            known++;
        }
    }
    cr_assert_gt(known, 0u);
    page = make_page(result, false);
    cr_expect_eq(count_of(page, "at devices at a time"), 1u);
    cr_expect_eq(count_of(page, "<td>+10.0 %</td>"), 1u);
    free(page);
    stator_result_destroy(result);
}

Test(report, needs_nothing_from_elsewhere)
{
    struct stator_result *result = golden_result();
    char *page = make_page(result, true);

    cr_expect_eq(count_of(page, "<script"), 0u);
    cr_expect_eq(count_of(page, "src="), 0u);
    cr_expect_eq(count_of(page, "<link"), 0u);
    cr_expect_eq(count_of(page, "url(http"), 0u);
    cr_expect_eq(count_of(page, "@import"), 0u);
    free(page);
    stator_result_destroy(result);
}

/* Whether every tag of the drawing is closed by its own name, as XML has it. */
static bool is_balanced(const char *at, const char *end)
{
    const char *open[64];
    size_t depth = 0;

    while ((at = strchr(at, '<')) != NULL && at < end) {
        const char *close = strchr(at, '>');

        cr_assert(close != NULL && close < end && depth < 64);
        if (at[1] == '/') {
            size_t length = (size_t)(close - at) - 2;

            if (depth == 0 || strncmp(open[--depth], at + 2, length) != 0) {
                return false;
            }
        } else if (close[-1] != '/') {
            open[depth++] = at + 1;
        }
        at = close;
    }
    return depth == 0;
}

static void expect_drawings(const char *page)
{
    const char *end;

    for (; (page = strstr(page, "<svg")) != NULL; page = end) {
        end = strstr(page, "</svg>");
        cr_assert_not_null(end);
        end += strlen("</svg>");
        cr_expect(is_balanced(page, end));
    }
}

/* Where there is no gnuplot the page says so, and that is all there is to look at. */
Test(report, plots_stand_in_the_page, .timeout = 120)
{
    struct stator_result *result = golden_result();
    char *page = make_page(result, true);

    if (!stator_plot_is_possible()) {
        cr_expect_not_null(strstr(page, "gnuplot is not installed"));
    } else {
        cr_expect_gt(count_of(page, "<figure>"), 12u);
        cr_expect_eq(count_of(page, "<svg"), count_of(page, "<figure>"));
        cr_expect_eq(count_of(page, "</svg>"), count_of(page, "<figure>"));
        cr_expect_eq(count_of(page, "could not draw"), 0u);
        expect_drawings(page);
        cr_expect_eq(count_of(page, "id='gp"), 0u, "names are told apart");
        cr_expect_gt(count_of(page, "id='p1-gp"), 0u);
    }
    free(page);
    stator_result_destroy(result);
}

Test(report, says_when_there_is_no_gnuplot)
{
    struct stator_result *result = golden_result();
    char *page;

    cr_assert_eq(setenv("PATH", "/nowhere", 1), 0);
    page = make_page(result, true);
    cr_expect_not_null(strstr(page, "gnuplot is not installed"));
    cr_expect_eq(count_of(page, "<svg"), 0u);
    free(page);
    stator_result_destroy(result);
}

Test(report, says_what_must_not_be_published)
{
    struct stator_result *result = golden_result();
    char *page = make_page(result, false);

    cr_expect_eq(count_of(page, "class=\"banner\""), 0u);
    free(page);
    result->publishable = false;
    result->partial = true;
    page = make_page(result, false);
    cr_expect_not_null(strstr(page, "Debug build: not for publication."));
    cr_expect_not_null(strstr(page, "<strong>Partial.</strong>"));
    free(page);
    stator_result_destroy(result);
}

Test(report, says_when_runs_differ)
{
    struct stator_result *result = golden_result();
    char *page;

    cr_assert_eq(stator_result_fact(result, "load before", "1.0"), 0);
    cr_assert_eq(stator_result_fact(result, "load before", "2.0"), 0);
    page = make_page(result, false);
    cr_expect_null(strstr(page, "Different environments."), "a load differs always");
    free(page);
    cr_assert_eq(stator_result_fact(result, "kernel", "another one"), 0);
    page = make_page(result, false);
    cr_expect_not_null(strstr(page, "Different environments."));
    free(page);
    stator_result_destroy(result);
}

/* Whatever stands in a file, it is text on the page. */
Test(report, escapes_what_comes_from_a_file)
{
    struct stator_result *result = stator_result_create();
    char *page;

    for (unsigned level = 1; level <= 2; level++) {
        struct stator_trial *trial =
            stator_result_trial(result, "<script>`touch x`'", "\"><script>", level, "<script>&");

        trial->values[STATOR_METRIC_RATE] = level;
        trial->values[STATOR_METRIC_P99] = level;
        trial = stator_result_trial(result, "<script>b", "\"><script>", level, "<script>&");
        trial->refusal = strdup("<script>");
    }
    cr_assert_eq(stator_result_fact(result, "<script>", "<script>"), 0);
    cr_assert_eq(stator_result_check(result, "<script>", "<script>", false, "<script>"), 0);
    page = make_page(result, true);
    cr_expect_eq(count_of(page, "<script"), 0u);
    cr_expect_gt(count_of(page, "&lt;script&gt;"), 5u);
    free(page);
    stator_result_destroy(result);
}

Test(report, an_empty_result_is_a_page)
{
    struct stator_result *result = stator_result_create();
    char *page = make_page(result, true);

    cr_expect_eq(count_of(page, "<li>Nothing was measured"), 1u);
    cr_expect_eq(count_of(page, " not measured (workload "), 4u);
    cr_expect_eq(count_of(page, "</html>"), 1u);
    free(page);
    stator_result_destroy(result);
}

Test(plot, what_gnuplot_cannot_draw_is_an_error)
{
    struct stator_text out = {0};

    if (!stator_plot_is_possible()) {
        return;
    }
    cr_expect_eq(stator_plot_draw(STATOR_SPAN("plot nonsense(\n"), 100, 100, "p", &out), -EPROTO);
    cr_expect_eq(stator_plot_draw(STATOR_SPAN(""), 100, 100, "p", &out), -EPROTO);
    cr_expect_eq(out.length, 0u);
    cr_expect_eq(stator_plot_draw(STATOR_SPAN("plot x\n"), 100, 100, "p", &out), 0);
    cr_expect_gt(out.length, 0u);
    stator_text_finish(&out);
}

Test(plot, names_are_harmless)
{
    struct stator_text out = {0};

    stator_plot_add_string(&out, "a'b`c\\d\n$e\"f:g=h,1");
    cr_expect(stator_span_equal(stator_text_span(&out), STATOR_SPAN("'a?b?c?d??e?f:g=h,1'")),
              "%.*s", (int)out.length, out.at);
    stator_text_finish(&out);
}
