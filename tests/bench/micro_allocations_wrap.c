/*
 * Counts how often memory is asked for.
 *
 * The linker lets every call of malloc and its kin in this program's own objects, stator's levels
 * among them, come here first (--wrap); calls from within shared libraries do not.
 */
#include <stdlib.h>

#include "micro_measure.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static uint64_t asked;

void *__wrap_malloc(size_t size)
{
    asked++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    asked++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    asked++;
    return __real_realloc(memory, size);
}

bool micro_allocations(uint64_t *out)
{
    *out = asked;
    return true;
}
