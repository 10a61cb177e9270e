using System.Runtime.InteropServices;

namespace InstructKit.Sources.Files;

/// <summary><c>ZSTD_inBuffer</c> and <c>ZSTD_outBuffer</c>, which have the same shape.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZstdBuffer
{
    /// <summary>Start of the buffer.</summary>
    public byte* Data;

    /// <summary>Its size in bytes.</summary>
    public nuint Size;

    /// <summary>How far it was read or written.</summary>
    public nuint Position;
}
