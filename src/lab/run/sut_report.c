/*
 * What a server under test says of itself when it is asked.
 *
 * Knows the question and its answer; refuses to know how the server was started. The one surprising
 * thing: context switches are its own word, because /proc forgets those of threads that have ended.
 */
#include <stdlib.h>
#include <sys/socket.h>

#include "lab/load/clock.h"
#include "lab/run/control.h"
#include "lab/run/sut.h"

/* An answer comes at once, or not at all. */
#define ANSWER_NS INT64_C(2000000000)

#define REPORT_SIZE                                                                                \
    (sizeof(struct stator_control_report) + STATOR_CONTROL_WORKERS * sizeof(uint64_t))

/* Owns: the caller frees it. Returns: NULL where there is no answer. */
static struct stator_control_report *ask(const struct stator_sut *sut)
{
    struct stator_control_report *report = malloc(REPORT_SIZE);
    char order = STATOR_CONTROL_ASK;
    ssize_t count = -1;

    if (report != NULL && send(sut->control, &order, 1, MSG_NOSIGNAL) == 1) {
        count = stator_control_receive(sut->control, report, REPORT_SIZE,
                                       stator_load_now() + ANSWER_NS);
    }
    if (count < (ssize_t)sizeof(*report)) {
        free(report);
        return NULL;
    }
    return report;
}

unsigned stator_sut_workers(const struct stator_sut *sut, uint64_t *requests, unsigned capacity)
{
    struct stator_control_report *report = ask(sut);
    unsigned workers = report != NULL ? report->workers : 0;

    for (unsigned i = 0; i < workers && i < capacity; i++) {
        requests[i] = report->requests[i];
    }
    free(report);
    return workers;
}

struct stator_device_use stator_sut_devices(const struct stator_sut *sut)
{
    struct stator_control_report *report = ask(sut);
    struct stator_device_use use = {0};

    if (report != NULL) {
        use = report->devices;
    }
    free(report);
    return use;
}

/* The server's own word on switches replaces what its threads of now say of them. */
int stator_sut_meter(const struct stator_sut *sut, struct stator_meter *out)
{
    struct stator_meter meter;
    struct stator_control_report *report;
    uint64_t switches = 0, preemptions = 0;
    int error = stator_meter_read(sut->pid, &meter);

    if (error < 0) {
        return error;
    }
    stator_meter_switches(sut->pid, &switches, &preemptions);
    report = ask(sut);
    if (report != NULL) {
        meter.switches += report->switches - switches;
        meter.preemptions += report->preemptions - preemptions;
    }
    free(report);
    *out = meter;
    return 0;
}
