/* Accepted connections that wait: order, bounds, and that each is served or ended. */
#include "arch/sockets/conn_queue.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static struct stator_accepted accepted_of(int fd)
{
    struct stator_accepted accepted = {.fd = fd};

    snprintf(accepted.peer, sizeof(accepted.peer), "192.0.2.%d", fd);
    return accepted;
}

static bool put(struct stator_conn_queue *queue, int fd)
{
    struct stator_accepted accepted = accepted_of(fd);

    return stator_conn_queue_put(queue, &accepted);
}

/* The descriptor that comes next, or -1. */
static int take(struct stator_conn_queue *queue)
{
    struct stator_accepted accepted;
    char peer[STATOR_PEER_MAX];

    if (!stator_conn_queue_take(queue, &accepted)) {
        return -1;
    }
    snprintf(peer, sizeof(peer), "192.0.2.%d", accepted.fd);
    cr_expect_str_eq(accepted.peer, peer);
    return accepted.fd;
}

Test(queue, first_in_first_out_within_its_bound)
{
    struct stator_conn_queue queue;

    cr_assert_eq(stator_conn_queue_init(&queue, 3), 0);
    cr_expect_eq(take(&queue), -1);
    for (int round = 0; round < 5; round++) { /* past the end of the ring */
        cr_expect(put(&queue, 1000));
        cr_expect(put(&queue, 1001));
        cr_expect_eq(take(&queue), 1000);
        cr_expect(put(&queue, 1002));
        cr_expect(put(&queue, 1003));
        cr_expect_not(put(&queue, 1004), "it is full");
        cr_expect_eq(take(&queue), 1001);
        cr_expect_eq(take(&queue), 1002);
        cr_expect_eq(take(&queue), 1003);
        cr_expect_eq(take(&queue), -1);
    }
    stator_conn_queue_finish(&queue);
}

Test(queue, closes_only_when_it_is_empty)
{
    struct stator_conn_queue queue;

    cr_assert_eq(stator_conn_queue_init(&queue, 2), 0);
    cr_expect(put(&queue, 1000));
    cr_expect_not(stator_conn_queue_close(&queue));
    cr_expect(put(&queue, 1001), "it is still open");
    cr_expect_eq(take(&queue), 1000);
    cr_expect_eq(take(&queue), 1001);
    cr_expect(stator_conn_queue_close(&queue));
    cr_expect_not(put(&queue, 1002));
    cr_expect(stator_conn_queue_close(&queue));
    cr_expect_eq(take(&queue), -1);
    stator_conn_queue_finish(&queue);
}

Test(queue, ends_what_nobody_took)
{
    struct stator_conn_queue queue, never = {.ring = NULL};
    int ends[2];
    char byte;

    cr_assert_eq(stator_conn_queue_init(&queue, 2), 0);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    cr_expect(put(&queue, ends[0]));
    stator_conn_queue_finish(&queue);
    cr_expect_leq(recv(ends[1], &byte, 1, 0), 0);
    close(ends[1]);
    stator_conn_queue_finish(&never);
}
