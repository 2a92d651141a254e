/* The verdict: five sentences, each computed from a test on the data. */
#ifndef STATOR_LAB_REPORT_VERDICT_H
#define STATOR_LAB_REPORT_VERDICT_H

#include "base/text.h"
#include "lab/report/view.h"

#define STATOR_VERDICT_SENTENCES 5

/* Adds the sentence of that index as plain text; it says so where nothing was measured for it. */
void stator_verdict_add(struct stator_view *view, unsigned index, struct stator_text *out);

/* False where its workload is not in the view, so that there is nothing to say but that. */
bool stator_verdict_applies(const struct stator_view *view, unsigned index);

#endif
