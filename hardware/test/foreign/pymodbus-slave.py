"""An RTU slave made with pymodbus: registers 246..259 hold the vector's floats.

usage: pymodbus-slave.py DEVICE
"""
import asyncio
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartAsyncSerialServer
from pymodbus.transaction import ModbusRtuFramer

BLOCK = [0x4145, 0x70A4, 0x4334, 0x8000, 0x41F9, 0x999A, 0, 0, 0, 0, 0, 0, 0x47F1, 0x2064]
TOTAL = [0x40FE, 0x240C, 0x9FBE, 0x76C9]
registers = [0] * 2048
registers[246:260] = BLOCK
registers[1200:1204] = TOTAL
slave = ModbusSlaveContext(hr=ModbusSequentialDataBlock(0, registers), zero_mode=True)


async def serve() -> None:
    server = await StartAsyncSerialServer(
        context=ModbusServerContext(slaves={1: slave}, single=False),
        framer=ModbusRtuFramer,
        port=sys.argv[1],
        baudrate=19200,
        parity="N",  # A pty has no parity; with "E" this server does not come up on one.
        defer_start=True,
    )
    await server.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(serve())
