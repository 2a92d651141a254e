/* What claims.c and hypothesis.c share, and nobody else includes. */
#ifndef STATOR_LAB_REPORT_HYPOTHESIS_H
#define STATOR_LAB_REPORT_HYPOTHESIS_H

#include "lab/report/claims.h"

/* Which level of a workload is looked at. */
enum stator_claim_level {
    STATOR_CLAIM_LEVEL_FIRST,
    STATOR_CLAIM_LEVEL_LAST,
    STATOR_CLAIM_LEVEL_DECISIVE,
    STATOR_CLAIM_LEVEL_WIDEST, /* where the ratio is greatest */
    STATOR_CLAIM_LEVEL_BOTH,   /* the last one up to the decisive that both have a figure at */
    STATOR_CLAIM_LEVEL_AT,     /* the one of that value, and no other */
};

/* "This one has so many times that one's figure there": most claims are. */
struct stator_claim_ratio {
    const char *workload;
    enum stator_claim_level level;
    enum stator_metric metric;
    const char *arch, *other;
    double min, max; /* reproduced from `least` to `most`; unless 1 is in between, it must be
                           told from 1, too */
    double at;       /* AT: the level */
};

enum stator_claim_answer stator_claim_test_ratio(struct stator_view *view,
                                                 const struct stator_claim_ratio *ratio,
                                                 struct stator_text *out);

/* Tests of one claim each. */
typedef enum stator_claim_answer stator_claim_test_fn(struct stator_view *view,
                                                      struct stator_text *out);

stator_claim_test_fn stator_claim_test_cached;
stator_claim_test_fn stator_claim_test_poll;
stator_claim_test_fn stator_claim_test_epoll;
stator_claim_test_fn stator_claim_test_select;
stator_claim_test_fn stator_claim_test_held;
stator_claim_test_fn stator_claim_test_convoy;
stator_claim_test_fn stator_claim_test_keep_alive;
stator_claim_test_fn stator_claim_test_stall;

#endif
