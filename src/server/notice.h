/*
 * What an operator is told when a design goes on, but not as it was asked to.
 */
#ifndef STATOR_SERVER_NOTICE_H
#define STATOR_SERVER_NOTICE_H

#include "arch/arch.h"
#include "stator/stator.h"

/*
 * Writes what, why and fix into `out`; `design` as the options name it, `impl` what it is, `count`
 * as stator_arch_condition_fn says.
 */
void stator_notice_explain(enum stator_arch_condition condition, const char *arch,
                           const struct stator_arch_impl *impl, size_t count,
                           struct stator_error *out);

#endif
