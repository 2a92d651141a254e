/* The server design that an option asks for. */
#ifndef STATOR_SERVER_ARCH_CHOICE_H
#define STATOR_SERVER_ARCH_CHOICE_H

#include "arch/arch.h"
#include "stator/stator.h"

/*
 * Reads "event:backend=poll". Fails: -EINVAL, and `error` names the nearest design, knob or
 * value; `out` is untouched and `knobs` are not to be used.
 */
int stator_arch_choice_parse(const char *spelling, const struct stator_arch_impl **out,
                             long arch_options[STATOR_ARCH_OPTIONS_MAX],
                             struct stator_error *error);

#endif
