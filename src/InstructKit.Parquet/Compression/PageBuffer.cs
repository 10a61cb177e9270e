using System.Buffers;

namespace InstructKit.Parquet.Compression;

/// <summary>A pooled buffer for one page, used again for the next. Behind its content it has <see cref="Slack"/> bytes that may be read.</summary>
internal sealed class PageBuffer : IDisposable
{
    /// <summary>Bytes that lie behind every page, so that eight bytes can be loaded at its last one.</summary>
    public const int Slack = 16;

    private byte[] _bytes = [];

    /// <summary>The bytes; replaced when the buffer grows.</summary>
    public byte[] Bytes => _bytes;

    /// <summary>Makes room for <paramref name="count"/> bytes at <paramref name="start"/>, keeping everything in front of the end.</summary>
    public Span<byte> Reserve(int start, int count)
    {
        var needed = checked(start + count + Slack);
        if (needed > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(needed);
            _bytes.CopyTo(larger, 0);
            Dispose();
            _bytes = larger;
        }

        return _bytes.AsSpan(start, count);
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }
}
