/* An RTU slave made with libmodbus: registers 246..259 hold the vector's floats, 1000 counts reads.
   usage: libmodbus-slave DEVICE. Ends at end of input on its line or by a signal. */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  modbus_t *ctx = modbus_new_rtu(argv[1], 19200, 'E', 8, 1);
  modbus_mapping_t *map = modbus_mapping_new(0, 0, 2048, 0);
  if (ctx == NULL || map == NULL) return 3;
  static const uint16_t block[14] = {0x4145, 0x70A4, 0x4334, 0x8000, 0x41F9, 0x999A, 0, 0,
                                     0,      0,      0,      0,      0x47F1, 0x2064};
  for (int i = 0; i < 14; i++) map->tab_registers[246 + i] = block[i];
  static const uint16_t total[4] = {0x40FE, 0x240C, 0x9FBE, 0x76C9};
  for (int i = 0; i < 4; i++) map->tab_registers[1200 + i] = total[i];
  modbus_set_slave(ctx, 1);
  if (modbus_connect(ctx) == -1) return 4;
  printf("ready\n");
  fflush(stdout);
  uint8_t query[MODBUS_RTU_MAX_ADU_LENGTH];
  for (;;) {
    int length = modbus_receive(ctx, query);
    if (length > 0) {
      map->tab_registers[1000]++;
      modbus_reply(ctx, query, length, map);
    } else if (length == -1 && errno == EIO) {
      break;
    }
  }
  modbus_mapping_free(map);
  modbus_free(ctx);
  return 0;
}
