namespace InstructKit.Sources.Files;

/// <summary>A stream whose first bytes can be peeked at before they are read.</summary>
internal sealed class PrefixedStream : ReadOnlyStream
{
    private readonly Stream _inner;
    private readonly byte[] _prefix;
    private int _length;
    private int _position;

    /// <summary>Takes ownership of a stream and peeks at up to <paramref name="count"/> bytes of it.</summary>
    public PrefixedStream(Stream inner, int count)
    {
        _inner = inner;
        _prefix = new byte[count];
        _length = inner.ReadAtLeast(_prefix, count, throwOnEndOfStream: false);
    }

    /// <summary>The peeked bytes not read yet.</summary>
    public ReadOnlySpan<byte> Prefix => _prefix.AsSpan(_position, _length - _position);

    /// <summary>Bytes that were skipped.</summary>
    public long Skipped { get; private set; }

    /// <summary>Skips some of the first bytes.</summary>
    public void Skip(int count)
    {
        _position += count;
        Skipped += count;
        if (_length - _position < _prefix.Length / 2) Refill();
    }

    /// <summary>Skips a line with its line feed. False at the end of the stream.</summary>
    public bool SkipLine()
    {
        while (_position < _length)
        {
            var end = Prefix.IndexOf((byte)'\n');
            Skip(end < 0 ? _length - _position : end + 1);
            if (end >= 0) return true;
        }

        return false;
    }

    private void Refill()
    {
        Prefix.CopyTo(_prefix);
        (_position, _length) = (0, _length - _position);
        _length += _inner.ReadAtLeast(_prefix.AsSpan(_length), _prefix.Length - _length, throwOnEndOfStream: false);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position == _length) return _inner.Read(buffer);

        var count = Math.Min(buffer.Length, _length - _position);
        _prefix.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _inner.Dispose();
        base.Dispose(disposing);
    }
}
