/*
 * The hash, against a second implementation: SipHash with its rounds as parameters, written from
 * the paper's text, which itself is checked against the paper's vector for SipHash-2-4.
 */
#include "base/hash.h"

#include <criterion/criterion.h>

static uint64_t rotl(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

static void sip_round(uint64_t v[4])
{
    static const struct {
        int to, from, by;
        bool swap;
    } steps[] = {{0, 1, 13, true}, {2, 3, 16, false}, {0, 3, 21, false}, {2, 1, 17, true}};
    for (int i = 0; i < 4; i++) {
        v[steps[i].to] += v[steps[i].from];
        v[steps[i].from] = rotl(v[steps[i].from], steps[i].by) ^ v[steps[i].to];
        v[steps[i].to] = steps[i].swap ? rotl(v[steps[i].to], 32) : v[steps[i].to];
    }
}

/* SipHash-c-d, a byte at a time, over the padded message. */
static uint64_t sip(int c, int d, const struct stator_hash_key *key, const unsigned char *bytes,
                    size_t length)
{
    uint64_t v[4] = {key->word[0] ^ 0x736f6d6570736575, key->word[1] ^ 0x646f72616e646f6d,
                     key->word[0] ^ 0x6c7967656e657261, key->word[1] ^ 0x7465646279746573};
    uint64_t word = 0;
    size_t padded = (length / 8 + 1) * 8;
    for (size_t i = 0; i < padded; i++) {
        uint64_t byte = i < length ? bytes[i] : i == padded - 1 ? length % 256 : 0;
        word = (word >> 8) | (byte << 56);
        if (i % 8 == 7) {
            v[3] ^= word;
            for (int round = 0; round < c; round++) {
                sip_round(v);
            }
            v[0] ^= word;
        }
    }
    v[2] ^= 0xff;
    for (int round = 0; round < d; round++) {
        sip_round(v);
    }
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The paper's key: the bytes 00 to 0f. */
static const struct stator_hash_key paper = {{0x0706050403020100, 0x0f0e0d0c0b0a0908}};

static void count_up(unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (unsigned char)i;
    }
}

/* Appendix A of the paper: 15 bytes, 00 to 0e. */
Test(hash, the_reference_gives_the_papers_vector)
{
    unsigned char bytes[15];
    count_up(bytes, sizeof(bytes));
    cr_expect_eq(sip(2, 4, &paper, bytes, sizeof(bytes)), 0xa129ca6149be45e5);
}

Test(hash, equals_the_reference_at_every_length)
{
    unsigned char bytes[600];
    count_up(bytes, sizeof(bytes));
    for (size_t length = 0; length <= sizeof(bytes); length++) {
        struct stator_span span = {(const char *)bytes, length};
        cr_expect_eq(stator_hash(&paper, span), sip(1, 3, &paper, bytes, length), "length %zu",
                     length);
    }
}

Test(hash, equals_published_values)
{
    static const struct {
        struct stator_span bytes;
        struct stator_hash_key key;
        uint64_t hash;
    } rows[] = {
        /* The first two of the vectors that Rust's standard library checks itself by. */
        {STATOR_SPAN_INIT(""), {{0x0706050403020100, 0x0f0e0d0c0b0a0908}}, 0xabac0158050fc4dc},
        {STATOR_SPAN_INIT("\0"), {{0x0706050403020100, 0x0f0e0d0c0b0a0908}}, 0xc9f49bf37d57ca93},
        /* CPython 3.11 hashes bytes by SipHash-1-3, with a zero key where PYTHONHASHSEED is 0. */
        {STATOR_SPAN_INIT("a"), {{0, 0}}, 0x407448d2b89b1813},
        {STATOR_SPAN_INIT("abcdefg"), {{0, 0}}, 0x6db12aae9070f506},
        {STATOR_SPAN_INIT("abcdefgh"), {{0, 0}}, 0x3f7b849c0b8e35ea},
        {STATOR_SPAN_INIT("hello, world, this is a path"), {{0, 0}}, 0x5fbd541b24ccc556},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(stator_hash(&rows[i].key, rows[i].bytes), rows[i].hash, "row %zu", i);
    }
}

/* Every bit of the key and of the bytes matters. */
Test(hash, changes_with_every_bit)
{
    unsigned char bytes[20];
    count_up(bytes, sizeof(bytes));
    struct stator_span span = {(const char *)bytes, sizeof(bytes)};
    uint64_t hash = stator_hash(&paper, span);
    for (size_t bit = 0; bit < 128; bit++) {
        struct stator_hash_key key = paper;
        key.word[bit / 64] ^= (uint64_t)1 << bit % 64;
        cr_expect_neq(stator_hash(&key, span), hash, "key bit %zu", bit);
    }
    for (size_t bit = 0; bit < 8 * sizeof(bytes); bit++) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        cr_expect_neq(stator_hash(&paper, span), hash, "bit %zu", bit);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
}

Test(hash, draws_different_keys)
{
    struct stator_hash_key a = {0}, b = {0};
    cr_assert_eq(stator_hash_key_draw(&a), 0);
    cr_assert_eq(stator_hash_key_draw(&b), 0);
    cr_expect_neq(memcmp(&a, &b, sizeof(a)), 0);
    cr_expect(a.word[0] != 0 && a.word[1] != 0);
}
