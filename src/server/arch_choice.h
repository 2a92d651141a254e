/* The server design that an option asks for. */
#ifndef STATOR_SERVER_ARCH_CHOICE_H
#define STATOR_SERVER_ARCH_CHOICE_H

#include "arch/arch.h"
#include "stator/stator.h"

/*
 * Reads "event:backend=poll". Fails: -EINVAL, and `error` names the nearest design, knob or
 * value; `out` is untouched and `knobs` are not to be used.
 */
int stator_design_choose(const char *spelling, const struct stator_arch_impl **out,
                         long knobs[STATOR_KNOBS_MAX], struct stator_error *error);

#endif
