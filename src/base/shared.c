/*
 * Memory that processes share.
 *
 * Knows how to map it; refuses to know what stands in it. The one surprising thing: it has no name,
 * so there is nothing that a process which is killed could leave behind.
 */
#include "base/shared.h"

#include <sys/mman.h>

void *stator_shared_create(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED ? memory : NULL;
}

void stator_shared_destroy(void *memory, size_t size)
{
    if (memory != NULL) {
        munmap(memory, size);
    }
}
