/* A house whose design has children. */
#ifndef TEST_ARCH_FAMILY_H
#define TEST_ARCH_FAMILY_H

#include <dirent.h>
#include <errno.h>
#include <sys/wait.h>

#include "arch/architectures/registry.h"
#include "children.h"
#include "unit/arch/arch_fixture.h"

#define PROCESS_FIXTURE_MAX 64

/* The designs with children, in every way that they can stand on. */
static const struct process_fixture {
    const char *name, *options;
    bool linux_only;
} families[] __attribute__((unused)) = {
    {"fork", "", false},
    {"prefork", "", false},
    {"prefork", "assign=mutex", false},
    {"prefork", "assign=pass", false},
    {"prefork", "assign=reuseport", true},
    {"event-prefork", "", false},
    {"event-prefork", "assign=reuseport", true},
};
#define FAMILIES (sizeof(families) / sizeof(families[0]))

static inline bool process_fixture_exists(const struct process_fixture *process_fixture)
{
    return !process_fixture->linux_only || strcmp(STATOR_TWIN, "Linux") == 0;
}

static inline void process_fixture_run(struct arch_fixture *arch_fixture,
                                       const struct process_fixture *process_fixture,
                                       size_t workers, int64_t drain)
{
    arch_fixture->worker_count = workers;
    arch_fixture_run(arch_fixture, stator_arch_find(stator_span_from(process_fixture->name)),
                     process_fixture->options, drain);
}

static inline size_t descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    size_t count = 0;

    cr_assert_not_null(directory);
    while (readdir(directory) != NULL) {
        count++;
    }
    closedir(directory);
    return count;
}

/* Waits, without a bound but the test's, for that many children which `known` does not name. */
static inline void await_children(size_t wanted, const pid_t *known, size_t known_count,
                                  pid_t out[PROCESS_FIXTURE_MAX])
{
    size_t fresh;

    do {
        size_t count = children_of(getpid(), out, PROCESS_FIXTURE_MAX);

        fresh = count == wanted ? wanted : 0;
        for (size_t i = 0; i < fresh; i++) {
            for (size_t k = 0; k < known_count; k++) {
                fresh = out[i] == known[k] ? 0 : fresh;
            }
        }
        usleep(1000);
    } while (fresh != wanted);
}

/* One request on a connection of its own. */
static inline bool ask(const struct arch_fixture *arch_fixture)
{
    char got[4096];
    int fd = connect_to(arch_fixture);
    bool good = send_text(fd, get) && receive(fd, "0123456789", got, sizeof(got)) > 0 &&
                strstr(got, "0123456789") != NULL;

    close(fd);
    return good;
}

/* What all workers together counted. */
static inline uint64_t sum_of(const struct arch_fixture *arch_fixture, size_t offset)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < arch_fixture->worker_count; i++) {
        const char *counters = (const char *)arch_fixture->workers[i]->counters;

        sum += stator_counter_read((const atomic_uint_fast64_t *)(counters + offset));
    }
    return sum;
}

#define SUM_OF(arch_fixture, name) sum_of(arch_fixture, offsetof(struct stator_counters, name))

#endif
