/* Sends an output over a socket: written once for all designs. */
#ifndef STATOR_ARCH_SOCKETS_SEND_H
#define STATOR_ARCH_SOCKETS_SEND_H

#include "exchange/output.h"

/*
 * The most that one drain sends of all, and that one call of the system sends of a file that
 * was not looked at just now. A socket takes no more than the budget at a time anyway; files of
 * 1 MiB cost 4 % less in one call than in two.
 */
#define STATOR_SEND_BUDGET (2048u * 1024)
#define STATOR_SEND_CHUNK  (512u * 1024)

/*
 * Up to here, bytes in memory are copied together and sent as one piece: the system asks more for a
 * list of pieces than the copy costs (2 to 4 % of a 1 KiB response's processor time; at 10 KiB it
 * is the copy that costs more).
 */
#define STATOR_SEND_JOIN 4096u

/*
 * A connection whose responses are shorter than this, all together, has sent all of them when the
 * last was taken: ten segments (RFC 6928) of the shortest that IPv6 has (1,280 less two heads),
 * where the client's window is no smaller. The end may go in one segment with the last of them.
 */
#define STATOR_SEND_SHORT (10u * 1220)

/*
 * Sends as much as the socket takes, but not much more than STATOR_SEND_BUDGET at a time. Bytes in
 * memory go in one call, files by sendfile (or read and send, where there is none).
 * Returns: 0 when all of it was sent; -EAGAIN when some is left (the socket took less than it was
 * given, or the budget is used up); -ESTALE when the file is no longer what was promised; another
 * -errno when the connection is lost.
 */
int stator_send_output(struct stator_output *output, int socket);

/*
 * The same, but never more than `most` bytes; -EAGAIN says too that these were sent and more are
 * left.
 */
int stator_send_some(struct stator_output *output, int socket, uint64_t max);

/*
 * Nothing more will be sent: the end goes behind what was. Returns: whether closing now would lose
 * nothing (RFC 9112 9.6): the client has sent nothing that was not read, and what was sent either
 * has arrived or was so short that all of it left at once.
 */
bool stator_send_shutdown(const struct stator_output *output, int socket);

/*
 * Sends one stretch of a file into a socket, from `offset` on; its position is not moved. One file
 * a system (send_file_*.c). Returns: bytes sent, which are fewer only where the socket takes no
 * more or the file ended; 0 when it ended at `offset`; or -errno.
 */
int64_t stator_send_file(int socket, int file, uint64_t offset, size_t length);

/* How many sent bytes the peer has not acknowledged; `unknown` where the system does not say. */
uint64_t stator_send_queued(int socket, uint64_t unknown);

#endif
