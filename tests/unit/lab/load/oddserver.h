/*
 * A server that answers as a test wants: one thread, one port of the system's choice, and a list of
 * what is done to each request in turn. It counts what it did, so that a client's counts can be
 * compared.
 */
#ifndef TESTS_LAB_ODDSERVER_H
#define TESTS_LAB_ODDSERVER_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What is done to a request. */
enum odd_deed {
    ODD_DEED_GOOD,    /* 200, Content-Length, the body */
    ODD_DEED_CHUNKED, /* the same body, chunked */
    ODD_DEED_CLOSE,   /* the same, and the connection is closed as announced */
    ODD_DEED_UNTIL,   /* the same without length, until the connection's end */
    ODD_DEED_STALL,   /* the same, but the whole server sleeps before it */
    ODD_DEED_CUT,     /* half of the body, then closed */
    ODD_DEED_RESET,   /* reset instead of answered */
    ODD_DEED_SHORT,   /* a body that is shorter, and says so */
    ODD_DEED_LONG,    /* more bytes than Content-Length says */
    ODD_DEED_WRONG,   /* another body of the same length */
    ODD_DEED_STATUS,  /* 503 */
    ODD_DEED_GARBAGE, /* no HTTP */
    ODD_DEED_HANG,    /* never answered */
    ODD_DEED_DIE,     /* the server closes everything, its listener too */
    ODD_DEED_COUNT,
};

#define ODD_CLIENTS 128

struct oddserver {
    const enum odd_deed *deeds; /* one a request, in the order in which they come */
    unsigned deed_count;
    bool again; /* after the last deed begins with the first; else it hangs */
    unsigned stall_ms;
    unsigned hangs; /* for the test: how many mean that all deeds are done */
    const char *body;

    struct sockaddr_in address;
    int listener, stop[2];
    pthread_t thread;
    struct odd_client {
        int fd;
        unsigned matched; /* of the blank line that ends a request */
        unsigned requests;
        unsigned begun; /* bytes of this request, up to four */
    } clients[ODD_CLIENTS];
    unsigned next;                    /* request */
    atomic_uint done[ODD_DEED_COUNT]; /* how often each was */
    atomic_uint connections, resets, pieces, max_requests;
    atomic_uint strange; /* bytes where "GET " should have begun */
};

/* `deeds`, `deed_count` and `body` are set. Ends the test when it cannot. */
void oddserver_start(struct oddserver *server);

/* Ends the thread and closes everything. */
void oddserver_stop(struct oddserver *server);

#endif
