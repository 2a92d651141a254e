/*
 * What every design shares: how it comes to life, and when it is to stop.
 *
 * Knows phases; refuses to know how a design waits. The one surprising thing: the drain's end is
 * set by whoever notices the stop first, because a signal handler must not read clocks for us.
 */
#include "arch/arch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/shared.h"

int stator_arch_create(const struct stator_arch_impl *impl, const struct stator_arch_setup *setup,
                       const long options[STATOR_ARCH_OPTIONS_MAX], struct stator_arch **out)
{
    struct stator_arch *arch = calloc(1, impl->size);

    if (arch == NULL) {
        return -ENOMEM;
    }
    arch->impl = impl;
    arch->setup = *setup;
    memcpy(arch->options, options, sizeof(arch->options));
    arch->owner = getpid();
    arch->lifeline = -1;
    atomic_init(&arch->stops_here, 0);
    atomic_init(&arch->drain_until, 0);
    arch->stops = stator_shared_create(sizeof(*arch->stops));
    if (arch->stops == NULL) {
        free(arch);
        return -ENOMEM;
    }
    atomic_init(arch->stops, 0);

    int error = impl->init(arch);

    if (error < 0) {
        stator_arch_destroy(arch);
        return error;
    }
    *out = arch;
    return 0;
}

void stator_arch_destroy(struct stator_arch *arch)
{
    if (arch != NULL) {
        arch->impl->finish(arch);
        stator_shared_destroy(arch->stops, sizeof(*arch->stops));
        free(arch);
    }
}

int stator_arch_run(struct stator_arch *arch)
{
    return arch->impl->run(arch);
}

void stator_arch_stop(struct stator_arch *arch)
{
    atomic_fetch_add(getpid() == arch->owner ? arch->stops : &arch->stops_here, 1);
    arch->impl->stop(arch);
}

void stator_arch_report_condition(struct stator_arch *arch, enum stator_arch_condition condition,
                                  size_t count, int64_t now)
{
    int64_t before = arch->met[condition];

    arch->met[condition] = now;
    if (arch->setup.on_condition != NULL && (before == 0 || now - before > STATOR_ARCH_QUIET_MS)) {
        arch->setup.on_condition(arch->setup.context, condition, count);
    }
}

/* Nobody will tell this child anything any more: that is a stop too, once. */
static bool is_orphan(struct stator_arch *arch)
{
    int none = 0;
    char byte;
    ssize_t left;

    if (arch->lifeline < 0) {
        return false;
    }
    left = recv(arch->lifeline, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (left > 0 || (left < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))) {
        return false;
    }
    atomic_compare_exchange_strong(&arch->stops_here, &none, 1);
    return true;
}

enum stator_arch_phase stator_arch_phase(struct stator_arch *arch, int64_t now)
{
    int all = atomic_load(arch->stops), here = atomic_load(&arch->stops_here);
    int stops = all > here ? all : here; /* ^C at a terminal tells a child twice */
    long long none = 0;

    if (stops == 0 && !is_orphan(arch)) {
        return STATOR_ARCH_PHASE_RUN;
    }
    if (stops > 1) {
        return STATOR_ARCH_PHASE_STOP;
    }
    atomic_compare_exchange_strong(&arch->drain_until, &none, now + arch->setup.drain);
    return now < atomic_load(&arch->drain_until) ? STATOR_ARCH_PHASE_DRAIN : STATOR_ARCH_PHASE_STOP;
}
