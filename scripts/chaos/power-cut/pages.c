#define _GNU_SOURCE
#include "undo.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUCKETS = 4096, FILES_MAX = 1024 };

/* What one page held before its first change in one generation. */
struct record {
  struct record *next; /* newest first, so a page's newest record is met first */
  uint64_t page;
  uint64_t generation;
  size_t length; /* bytes of the page that existed; 0 when the file ended before it */
  unsigned char *bytes;
};

struct file {
  dev_t dev;
  ino_t ino;
  /* Our own way to the file. It is never closed while the file has a name: closing any descriptor
   * drops every POSIX lock the process holds on the file, and SQLite relies on those. */
  int fd;
  uint64_t number; /* in order of first use, so that a seed means the same in every run */
  uint64_t generation; /* counts syncs that have begun */
  off_t durable_size;
  struct record *buckets[BUCKETS];
};

static struct file *files[FILES_MAX];
static uint64_t files_seen;

static off_t size_of(const struct file *file) {
  struct stat st;
  if (fstat(file->fd, &st) != 0) give_up("cannot stat a followed file");
  return st.st_size;
}

static off_t smaller(off_t a, off_t b) { return a < b ? a : b; }

struct file *file_of(const struct stat *st) {
  for (size_t i = 0; i < FILES_MAX; i++)
    if (files[i] && files[i]->ino == st->st_ino && files[i]->dev == st->st_dev) return files[i];
  return NULL;
}

void file_follow(int fd, bool is_new) {
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || file_of(&st)) return;
  size_t slot = 0;
  while (slot < FILES_MAX && files[slot]) slot++;
  if (slot == FILES_MAX) give_up("more than 1024 files followed");
  char way[64];
  snprintf(way, sizeof way, "/proc/self/fd/%d", fd);
  struct file *file = calloc(1, sizeof *file);
  if (!file) give_up("out of memory");
  file->fd = real.open(way, O_RDWR | O_CLOEXEC);
  if (file->fd < 0) give_up("cannot open a second way to a file");
  file->dev = st.st_dev;
  file->ino = st.st_ino;
  file->number = ++files_seen;
  file->durable_size = is_new ? 0 : st.st_size;
  files[slot] = file;
}

static bool kept_in_this_generation(struct file *file, uint64_t page) {
  for (struct record *r = file->buckets[page % BUCKETS]; r; r = r->next)
    if (r->page == page) return r->generation == file->generation;
  return false;
}

static void keep_page(struct file *file, uint64_t page, off_t size) {
  if (kept_in_this_generation(file, page)) return;
  struct record *record = calloc(1, sizeof *record);
  if (!record) give_up("out of memory");
  off_t from = (off_t)page * PAGE;
  record->page = page;
  record->generation = file->generation;
  record->length = size > from ? (size_t)smaller(size - from, PAGE) : 0;
  if (record->length > 0) {
    record->bytes = malloc(record->length);
    if (!record->bytes) give_up("out of memory");
    if (real.pread(file->fd, record->bytes, record->length, from) != (ssize_t)record->length)
      give_up("cannot read what a write replaces");
  }
  record->next = file->buckets[page % BUCKETS];
  file->buckets[page % BUCKETS] = record;
}

void file_keep(struct file *file, off_t offset, off_t length) {
  if (length <= 0) return;
  off_t size = size_of(file);
  /* The gap before a write behind the end reads as zeros whether or not its pages survive. */
  for (off_t page = offset / PAGE; page <= (offset + length - 1) / PAGE; page++)
    keep_page(file, (uint64_t)page, size);
}

struct sync_mark file_sync_begin(struct file *file) {
  file->generation++;
  return (struct sync_mark){file->generation, size_of(file)};
}

void file_sync_done(struct file *file, struct sync_mark mark) {
  file->durable_size = mark.size;
  for (size_t b = 0; b < BUCKETS; b++) {
    struct record **at = &file->buckets[b];
    while (*at) {
      struct record *record = *at;
      if (record->generation < mark.generation) {
        *at = record->next;
        free(record->bytes);
        free(record);
      } else {
        at = &record->next;
      }
    }
  }
}

void files_sync_all(void) {
  for (size_t i = 0; i < FILES_MAX; i++)
    if (files[i]) file_sync_done(files[i], file_sync_begin(files[i]));
}

void file_forget(const struct stat *st) {
  for (size_t i = 0; i < FILES_MAX; i++) {
    if (!files[i] || files[i]->ino != st->st_ino || files[i]->dev != st->st_dev) continue;
    file_sync_done(files[i], file_sync_begin(files[i]));
    close(files[i]->fd);
    free(files[i]);
    files[i] = NULL;
  }
}

static void put_back(struct file *file, const struct record *record) {
  unsigned char page[PAGE] = {0};
  if (record->length > 0) memcpy(page, record->bytes, record->length);
  if (real.pwrite(file->fd, page, PAGE, (off_t)record->page * PAGE) != PAGE)
    give_up("cannot put a page back");
}

/* Whether an earlier record of the list, that is a newer one, already settled this page. */
static bool settled(const struct record *first, const struct record *until) {
  for (const struct record *r = first; r != until; r = r->next)
    if (r->page == until->page && r->generation == UINT64_MAX) return true;
  return false;
}

static void roll_back_file(struct file *file, struct lost *lost) {
  off_t now = size_of(file);
  off_t durable = file->durable_size;
  off_t target = now == durable || survives(file->number, UINT64_MAX) ? now : durable;
  if (target > now && real.ftruncate(file->fd, target) != 0) give_up("cannot restore a length");
  for (size_t b = 0; b < BUCKETS; b++) {
    struct record *first = file->buckets[b];
    for (struct record *record = first; record; record = record->next) {
      if (settled(first, record)) continue;
      /* Once a length is restored, the pages it covers cannot have been written as zeros. */
      bool cut_off = target > now && (off_t)(record->page + 1) * PAGE > now;
      uint64_t part = record->page * 1000003u + record->generation;
      if (!cut_off && survives(file->number, part)) {
        lost->pages_kept++;
        record->generation = UINT64_MAX; /* the newest that reached the disk hides older ones */
      } else {
        lost->pages_lost++;
        put_back(file, record);
      }
    }
  }
  if (real.ftruncate(file->fd, target) != 0) give_up("cannot restore a length");
}

void files_roll_back(struct lost *lost) {
  for (size_t i = 0; i < FILES_MAX; i++)
    if (files[i]) roll_back_file(files[i], lost);
}
