/* Steps a connection whose input is gathered in an evbuffer, as a driver may keep it. */
#ifndef TESTS_UNIT_CONN_STEPS_H
#define TESTS_UNIT_CONN_STEPS_H

#include <event2/buffer.h>

#include "conn/conn.h"

static inline struct stator_span steps_input(struct evbuffer *in)
{
    size_t length = evbuffer_get_length(in);

    return (struct stator_span){length > 0 ? (const char *)evbuffer_pullup(in, -1) : NULL, length};
}

static inline enum stator_want steps_step(struct stator_conn *conn, struct evbuffer *in,
                                          struct stator_output *out)
{
    struct stator_span bytes = steps_input(in);
    size_t length = bytes.length;
    enum stator_want want = stator_conn_step(conn, &bytes, out);

    evbuffer_drain(in, length - bytes.length);
    return want;
}

static inline int steps_stall(struct stator_conn *conn, struct evbuffer *in,
                              struct stator_output *out)
{
    struct stator_span bytes = steps_input(in);
    size_t length = bytes.length;
    int result = stator_conn_block(conn, &bytes, out);

    evbuffer_drain(in, length - bytes.length);
    return result;
}

#endif
