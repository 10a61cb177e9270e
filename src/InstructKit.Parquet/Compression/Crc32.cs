using System.Buffers.Binary;

namespace InstructKit.Parquet.Compression;

/// <summary>The CRC-32 of gzip (polynomial 0xEDB88320), which page headers carry; eight bytes a step.</summary>
internal static class Crc32
{
    private static readonly uint[][] Tables = MakeTables();

    public static uint Compute(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        var crc = ~seed;
        while (bytes.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = Tables[7][(byte)low] ^ Tables[6][(byte)(low >> 8)] ^ Tables[5][(byte)(low >> 16)] ^ Tables[4][low >> 24]
                ^ Tables[3][(byte)high] ^ Tables[2][(byte)(high >> 8)] ^ Tables[1][(byte)(high >> 16)] ^ Tables[0][high >> 24];
            bytes = bytes[8..];
        }

        foreach (var value in bytes) crc = (crc >> 8) ^ Tables[0][(byte)crc ^ value];

        return ~crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        for (var k = 0; k < tables.Length; k++)
        {
            tables[k] = new uint[256];
            for (var i = 0; i < 256; i++)
            {
                var value = k == 0 ? (uint)i : tables[k - 1][i];
                for (var bit = 0; bit < (k == 0 ? 8 : 0); bit++) value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320 : value >> 1;

                tables[k][i] = k == 0 ? value : tables[0][(byte)value] ^ (value >> 8);
            }
        }

        return tables;
    }
}
