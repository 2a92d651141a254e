/* A house whose design has children. */
#ifndef TEST_ARCH_FAMILY_H
#define TEST_ARCH_FAMILY_H

#include <dirent.h>
#include <errno.h>
#include <sys/wait.h>

#include "arch/architectures/registry.h"
#include "children.h"
#include "unit/arch/arch_fixture.h"

#define FAMILY_MAX 64

/* The designs with children, in every way that they can stand on. */
static const struct family {
    const char *name, *knobs;
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

static inline bool family_exists(const struct family *family)
{
    return !family->linux_only || strcmp(STATOR_TWIN, "Linux") == 0;
}

static inline void family_run(struct house *house, const struct family *family, size_t workers,
                              int64_t drain)
{
    house->worker_count = workers;
    house_run(house, stator_arch_find(stator_span_from(family->name)), family->knobs, drain);
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
                                  pid_t out[FAMILY_MAX])
{
    size_t fresh;

    do {
        size_t count = children_of(getpid(), out, FAMILY_MAX);

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
static inline bool ask(const struct house *house)
{
    char got[4096];
    int fd = connect_to(house);
    bool good = send_text(fd, get) && receive(fd, "0123456789", got, sizeof(got)) > 0 &&
                strstr(got, "0123456789") != NULL;

    close(fd);
    return good;
}

/* What all workers together counted. */
static inline uint64_t sum_of(const struct house *house, size_t offset)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < house->worker_count; i++) {
        const char *counters = (const char *)house->workers[i]->counters;

        sum += stator_counter_read((const atomic_uint_fast64_t *)(counters + offset));
    }
    return sum;
}

#define SUM_OF(house, name) sum_of(house, offsetof(struct stator_counters, name))

#endif
