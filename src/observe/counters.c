/*
 * Where counts stand: a page that a process and its children share.
 */
#include "observe/counters.h"

#include <stddef.h>
#include <sys/mman.h>

struct stator_counters *stator_counters_create(void)
{
    void *page = mmap(NULL, sizeof(struct stator_counters), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return page != MAP_FAILED ? page : NULL;
}

void stator_counters_destroy(struct stator_counters *counters)
{
    if (counters != NULL) {
        munmap(counters, sizeof(*counters));
    }
}
