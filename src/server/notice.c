/*
 * Words for a design's trouble.
 *
 * Knows what a person can do about it; refuses to know how it was met. The one surprising thing: a
 * server in trouble serves, so a notice also says how.
 */
#include "server/notice.h"

#include "server/error.h"

static void explain_short(const char *arch, const char *kind, size_t count,
                          struct stator_error *out)
{
    stator_error_what(out, "the design %s gets no more than %zu %s", arch, count, kind);
    stator_error_why(out, "the system makes no more; %s",
                     count > 0 ? "those that there are serve"
                               : "clients are served slowly, or wait");
    stator_error_fix(out, "raise the limit with ulimit -u, free some memory, or ask for fewer");
}

static void explain_dying(const char *arch, const char *kind, size_t count,
                          struct stator_error *out)
{
    stator_error_what(out, "%s of the design %s keep dying", kind, arch);
    stator_error_why(out, "they crash or are killed within a second; %zu are left just now", count);
    stator_error_fix(out, "look for the reason in the system's log; memory may have run out");
}

void stator_notice_explain(enum stator_arch_condition condition, const char *arch,
                           const struct stator_arch_impl *impl, size_t count,
                           struct stator_error *out)
{
    const char *kind = impl->traits & STATOR_ARCH_TRAIT_ISOLATED ? "processes" : "threads";

    stator_error_begin(out, STATOR_ERROR_KIND_RUNTIME, 0);
    switch (condition) {
    case STATOR_ARCH_CONDITION_SHORTAGE:
        explain_short(arch, kind, count, out);
        break;
    case STATOR_ARCH_CONDITION_CRASHING:
        explain_dying(arch, kind, count, out);
        break;
    }
}
