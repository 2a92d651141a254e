/*
 * Counts instructions with the processor's own counter.
 *
 * Knows perf_event_open(2). The one surprising thing: a virtual machine may let the counter be
 * opened and then never count, so a count of zero means that there is none.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "micro_measure.h"

struct perf {
    int fd;
    double *next;
};

static int perf_open(void)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof(attributes),
        .config = PERF_COUNT_HW_INSTRUCTIONS,
        .disabled = 1,
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };
    long fd = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

    return fd < 0 ? -errno : (int)fd;
}

static bool count_row(const struct micro_row *row, void *state, void *context)
{
    struct perf *perf = context;
    uint64_t instructions = 0;

    ioctl(perf->fd, PERF_EVENT_IOC_RESET, 0);
    ioctl(perf->fd, PERF_EVENT_IOC_ENABLE, 0);
    for (size_t i = 0; i < MICRO_COUNTED; i++) {
        row->op(state);
    }
    ioctl(perf->fd, PERF_EVENT_IOC_DISABLE, 0);
    if (read(perf->fd, &instructions, sizeof(instructions)) != sizeof(instructions)) {
        instructions = 0;
    }
    *perf->next++ = (double)instructions;
    return instructions > 0;
}

int micro_perf_count(const struct micro_plan *plan, double *out)
{
    struct perf perf = {.fd = perf_open(), .next = out};
    bool good;

    if (perf.fd < 0) {
        return perf.fd;
    }
    good = micro_plan_visit(plan, count_row, &perf);
    close(perf.fd);
    return good ? 0 : -ENODATA;
}
