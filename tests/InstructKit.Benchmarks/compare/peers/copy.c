// The limit: a program that only finds the ends of strings and copies. It checks nothing, knows the keys and their order, and hashes nothing.
// copy INPUT OUTPUT THREADS; the templates come from templates.inc, which compare.py writes.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

struct part { const char *text; int length; int column; };  // column: 0 premise, 1 hypothesis, -1 end
static const struct part templates[][8] = {
#include "templates.inc"
};
enum { COUNT = sizeof templates / sizeof templates[0], CHUNK = 4 << 20 };

static const char *input;
static size_t size;
static int out;
static size_t next_start;
static off_t next_offset;
static long next_ticket, turn;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;

static const char *string_end(const char *at) {
    for (;;) {
#ifdef __AVX2__
        for (;; at += 32) {
            __m256i bytes = _mm256_loadu_si256((const __m256i *)at);
            uint32_t found = _mm256_movemask_epi8(_mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"')), _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'))));
            if (found) { at += __builtin_ctz(found); break; }
        }
#else
        while (*at != '"' && *at != '\\') at++;
#endif
        if (*at == '"') return at;
        at += 2;
    }
}

static char *put(char *to, const char *from, size_t length) { memcpy(to, from, length); return to + length; }
#define PUT(text) to = put(to, text, sizeof text - 1)

static void *work(void *unused) {
    char *buffer = malloc(3 * CHUNK);
    for (;;) {
        pthread_mutex_lock(&lock);
        size_t start = next_start;
        if (start >= size) { pthread_mutex_unlock(&lock); break; }
        size_t end = start + CHUNK >= size ? size : (size_t)((const char *)memchr(input + start + CHUNK, '\n', size - start - CHUNK) - input) + 1;
        next_start = end;
        long ticket = next_ticket++;
        pthread_mutex_unlock(&lock);

        char *to = buffer;
        for (const char *at = input + start, *last = input + end; at < last;) {
            const char *from[3], *until[3];
            static const int skip[3] = {sizeof "{\"premise\": \"" - 1, sizeof "\", \"hypothesis\": \"" - 1, sizeof "\", \"label\": \"" - 1};
            for (int i = 0; i < 3; i++) { from[i] = at += skip[i]; until[i] = at = string_end(at); }
            at += sizeof "\", \"idx\": " - 1;
            long row = 0;
            while (*at != '}') row = row * 10 + (*at++ - '0');
            at += 2;
            PUT("{\"input\":\"");
            int n = row % COUNT;
            for (const struct part *part = templates[n];; part++) {
                to = put(to, part->text, part->length);
                if (part->column < 0) break;
                to = put(to, from[part->column], until[part->column] - from[part->column]);
            }
            PUT("\",\"target\":\"");
            to = put(to, from[2], until[2] - from[2]);
            PUT("\",\"task\":\"bench_rte\",\"template\":\"t");
            *to++ = '0' + n;
            PUT("\"}\n");
        }

        pthread_mutex_lock(&lock);
        while (turn != ticket) pthread_cond_wait(&moved, &lock);
        off_t offset = next_offset;
        next_offset += to - buffer;
        turn++;
        pthread_cond_broadcast(&moved);
        pthread_mutex_unlock(&lock);
        for (char *from = buffer; from < to;) {
            ssize_t written = pwrite(out, from, to - from, offset);
            if (written <= 0) { perror("pwrite"); exit(74); }
            from += written;
            offset += written;
        }
    }
    free(buffer);
    return unused;
}

int main(int count, char **arguments) {
    if (count != 4) return 2;
    int in = open(arguments[1], O_RDONLY);
    struct stat info;
    if (in < 0 || fstat(in, &info)) return 66;
    size = info.st_size;
    // One page more than the file, so that a block read at the very end stays inside.
    char *room = mmap(NULL, size + 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    input = mmap(room, size, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, in, 0);
    out = open(arguments[2], O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (input == MAP_FAILED || out < 0) return 74;
    int threads = atoi(arguments[3]);
    pthread_t others[64];
    for (int i = 1; i < threads; i++) pthread_create(&others[i], NULL, work, NULL);
    work(NULL);
    for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);
    return close(out) ? 74 : 0;
}
