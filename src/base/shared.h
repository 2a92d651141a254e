/* Memory that a process shares with the children it makes from then on. */
#ifndef STATOR_BASE_SHARED_H
#define STATOR_BASE_SHARED_H

#include <stddef.h>

/*
 * All zero; what is never touched of it costs nothing. Owns: the caller destroys it, in each
 * process its own view of it. Returns: NULL where memory is out.
 */
void *stator_shared_create(size_t size);

/* `size` as it was made. NULL is allowed. */
void stator_shared_destroy(void *memory, size_t size);

#endif
