/*
 * Plays a conversation against a server, whatever lies between: a client says how bytes travel.
 */
#ifndef STATOR_WIRE_PLAY_H
#define STATOR_WIRE_PLAY_H

#include "wire/fixture.h"
#include "wire/script.h"
#include "wire/way.h"

enum wire_receive {
    WIRE_RECEIVE_CAME,   /* bytes were added to `inbox` */
    WIRE_RECEIVE_QUIET,  /* nothing comes as long as nothing is sent */
    WIRE_RECEIVE_ENDED,  /* the server ended its side in order */
    WIRE_RECEIVE_BROKEN, /* the connection was cut */
};

/* One connection, seen from the client. Its owner embeds it first in a struct of its own. */
struct wire_client {
    struct stator_text inbox; /* all bytes that came */
    struct stator_text heads; /* the heads of the answers that were expected */
    int status;               /* of the last one of them */
    void (*send)(struct wire_client *client, struct stator_span bytes);
    void (*half_close)(struct wire_client *client);
    /* `brief`: nothing is expected, so a short look must do. */
    enum wire_receive (*receive)(struct wire_client *client, bool brief);
    void (*pass)(struct wire_client *client, int64_t milliseconds); /* NULL where time is real */
    void (*set_reading)(struct wire_client *client, bool on);       /* NULL likewise */
};

void wire_client_finish(struct wire_client *client);

/*
 * Plays one conversation on a fresh connection. `client->inbox` holds all that came afterwards.
 * Fails: false; `failure` says which line, what was expected and what came.
 */
bool wire_play(const struct wire_conversation *conversation, const struct wire_site *site,
               struct wire_fixture *fixture, bool as_head, struct wire_client *client,
               struct stator_text *failure);

#endif
