using System.Runtime.InteropServices;

namespace InstructKit.Parquet.Compression;

/// <summary><c>ZSTD_inBuffer</c> and <c>ZSTD_outBuffer</c>, which look alike.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZstdSpan
{
    public byte* Data;
    public nuint Size;
    public nuint Position;
}
