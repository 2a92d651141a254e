/* Drives one connection with blocking calls, from its first byte to its end. */
#ifndef STATOR_ARCH_DRIVE_BLOCK_H
#define STATOR_ARCH_DRIVE_BLOCK_H

#include "arch/arch.h"

/*
 * Serves the blocking socket `fd` until the connection ends, and closes it. `wake` becomes readable
 * when * the design is to look at its phase. Blocks for as long as the client and its deadlines
 * allow; with `gives_way` an idle connection also ends when a client waits on one of the design's
 * listeners, because nobody else could serve that one (RFC 9112 9.5 lets a server close what is
 * idle).
 */
void stator_drive_block(struct stator_arch *arch, struct stator_worker *worker, int fd,
                        const char *peer, int wake, bool gives_way);

#endif
