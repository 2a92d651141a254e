/*
 * What a study found, for the terminal.
 *
 * Knows what is worth a line there; refuses to compute a sentence itself: they are the page's. The
 * one surprising thing: of one or two workloads it tells all that was seen, since the verdict,
 * which is about others, then says little.
 */
#include <errno.h>
#include <stdio.h>

#include "lab/command/study.h"
#include "lab/report/findings.h"
#include "lab/report/verdict.h"

/* Of so few workloads all is told that was seen. */
#define TOLD_IN_FULL 2

static int print_sentences(struct stator_view *view)
{
    bool failed = false;

    for (unsigned i = 0; i < STATOR_VERDICT_SENTENCES; i++) {
        struct stator_text sentence = {0};

        if (stator_verdict_applies(view, i)) {
            stator_verdict_add(view, i, &sentence);
            printf("\n- %.*s\n", (int)sentence.length, sentence.at);
        }
        failed |= sentence.failed;
        stator_text_finish(&sentence);
    }
    for (size_t i = 0; i < view->workload_count && view->workload_count <= TOLD_IN_FULL; i++) {
        struct stator_text lines = {0};

        stator_findings_saw(view, i, &lines);
        printf("\n%s:\n%.*s", view->workloads[i].name, (int)lines.length, lines.at);
        failed |= lines.failed;
        stator_text_finish(&lines);
    }
    return failed ? -ENOMEM : 0;
}

int stator_study_tell(const struct stator_result *result)
{
    struct stator_view *view;
    int error = stator_view_create(result, stator_workload_find, &view);

    if (error == 0) {
        error = print_sentences(view);
        stator_view_destroy(view);
    }
    return error;
}
