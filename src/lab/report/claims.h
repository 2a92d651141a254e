/* What papers and lectures claim, and a test on the data for each. */
#ifndef STATOR_LAB_REPORT_CLAIMS_H
#define STATOR_LAB_REPORT_CLAIMS_H

#include "base/text.h"
#include "lab/report/view.h"

enum stator_claim_answer {
    STATOR_CLAIM_ANSWER_REPRODUCED,
    STATOR_CLAIM_ANSWER_NOT_REPRODUCED,
    STATOR_CLAIM_ANSWER_NOT_TESTABLE, /* what it needs was not measured here */
};

/* "reproduced", "not reproduced", "not testable here" */
const char *stator_claim_answer_name(enum stator_claim_answer answer);

struct stator_claim {
    const char *claim;  /* one sentence */
    const char *source; /* who said it, and when */
    const char *test;   /* what is looked at, and from where on it counts as reproduced */
};

/* For index 0, 1, ...; NULL after the last. Lives: for ever. */
const struct stator_claim *stator_claim_at(size_t index);

/* Tests it, and adds as plain text the figures that the answer stands on, or what is missing. */
enum stator_claim_answer stator_claim_test(struct stator_view *view, size_t index,
                                           struct stator_text *out);

#endif
