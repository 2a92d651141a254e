/*
 * SipHash-1-3: one round for each eight bytes, three at the end.
 *
 * Knows the function as published and nothing of tables. The one surprising thing: words are put
 * together byte by byte, which every compiler turns into one load, and which gives the same hash on
 * every machine.
 */
#include "base/hash.h"

#include <errno.h>
#include <sys/random.h>
#include <unistd.h>

#define ROUNDS_EACH 1
#define ROUNDS_LAST 3

struct state {
    uint64_t a, b, c, d; /* v0 to v3 of the paper */
};

static uint64_t rotate(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

/* SipRound: the paper's figure 2.1. */
static void stir(struct state *state, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        state->a += state->b;
        state->c += state->d;
        state->b = rotate(state->b, 13) ^ state->a;
        state->d = rotate(state->d, 16) ^ state->c;
        state->a = rotate(state->a, 32);
        state->c += state->b;
        state->a += state->d;
        state->b = rotate(state->b, 17) ^ state->c;
        state->d = rotate(state->d, 21) ^ state->a;
        state->c = rotate(state->c, 32);
    }
}

static void absorb(struct state *state, uint64_t word)
{
    state->d ^= word;
    stir(state, ROUNDS_EACH);
    state->a ^= word;
}

/* Eight bytes as one little-endian word. */
static uint64_t word_at(const void *bytes)
{
    const unsigned char *at = bytes;
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
           (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
           (uint64_t)at[7] << 56;
}

/* The last word: what is left of the bytes, and their number, modulo 256, on top. */
static uint64_t last_word(struct stator_span rest, size_t length)
{
    unsigned char last[8] = {0};
    if (rest.length > 0) {
        memcpy(last, rest.at, rest.length);
    }
    last[7] = (unsigned char)length;
    return word_at(last);
}

int stator_hash_key_draw(struct stator_hash_key *out)
{
    struct stator_hash_key key;
    if (getentropy(&key, sizeof(key)) != 0) {
        return -errno;
    }
    *out = key;
    return 0;
}

uint64_t stator_hash(const struct stator_hash_key *key, struct stator_span bytes)
{
    struct state state = {
        .a = key->word[0] ^ 0x736f6d6570736575,
        .b = key->word[1] ^ 0x646f72616e646f6d,
        .c = key->word[0] ^ 0x6c7967656e657261,
        .d = key->word[1] ^ 0x7465646279746573,
    };
    struct stator_span rest = bytes;
    while (rest.length >= 8) {
        absorb(&state, word_at(rest.at));
        rest = stator_span_skip(rest, 8);
    }
    absorb(&state, last_word(rest, bytes.length));
    state.c ^= 0xff;
    stir(&state, ROUNDS_LAST);
    return state.a ^ state.b ^ state.c ^ state.d;
}
