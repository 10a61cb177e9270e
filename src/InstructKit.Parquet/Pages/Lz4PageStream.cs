using System.Buffers.Binary;
using InstructKit.Parquet.Compression;

namespace InstructKit.Parquet.Pages;

/// <summary>An LZ4 block (lz4_Block_format.md) in a window. Sequences may be split: a single one may be as long as the page.</summary>
internal sealed class Lz4PageStream(in PackedPage page) : PageStream(page, History)
{
    private const int History = 64 << 10;

    private readonly PackedBytes _packed = new(page.Window, page.Packed);
    private int _literals;
    private int _match;
    private int _offset;
    private bool _isBehindLiterals;
    private int _token;

    protected override bool Produce(int until, bool mayMove)
    {
        while (Ready < until)
        {
            if (_literals > 0)
            {
                CopyLiterals(until);
            }
            else if (_match > 0)
            {
                var count = Math.Min(_match, until - Ready);
                BlockCopy.Repeat(Target, Ready, _offset, count);
                _match -= count;
                Made(Ready + count);
            }
            else if (_isBehindLiterals)
            {
                StartMatch();
            }
            else if (!TakeWhole(until))
            {
                _token = Next();
                _literals = Length(_token >> 4);
                _isBehindLiterals = true;
            }
        }

        return true;
    }

    protected override void End()
    {
        // The last sequence has only literals; a block shorter or longer than the page header says is broken.
        var isEmptySequence = _literals == 0 && _match == 0 && _packed.Peek() is [0];
        if (_literals > 0 || _match > 0 || (!_packed.Peek().IsEmpty && !isEmptySequence)) throw Broken();

        _packed.PassRest();
    }

    // False if the next sequence is not contiguous.
    private bool TakeWhole(int until)
    {
        var (read, written) = (0, Ready);
        if (!Lz4Decoder.DecodeSequences(_packed.Peek(), Target, ref read, ref written, until)) throw Broken();

        _packed.Advance(read);
        Made(written);
        return read > 0;
    }

    private void CopyLiterals(int until)
    {
        var source = _packed.Peek();
        var count = Math.Min(Math.Min(_literals, until - Ready), source.Length);
        if (count == 0) throw Broken();

        source[..count].CopyTo(Target[Ready..]);
        _packed.Advance(count);
        _literals -= count;
        Made(Ready + count);
    }

    private void StartMatch()
    {
        Span<byte> offset = [(byte)Next(), (byte)Next()];
        _offset = BinaryPrimitives.ReadUInt16LittleEndian(offset);
        if (_offset == 0 || _offset > Ready) throw Broken();

        _match = Length(_token & 15) + Lz4Decoder.MinMatch;
        _isBehindLiterals = false;
    }

    private int Length(int nibble)
    {
        var count = nibble;
        for (var next = 255; nibble == 15 && next == 255; count += next) next = count > int.MaxValue / 2 ? throw Broken() : Next();

        return count;
    }

    private int Next()
    {
        var source = _packed.Peek();
        if (source.IsEmpty) throw Broken();

        var value = source[0];
        _packed.Advance(1);
        return value;
    }

    private static ParquetException Broken() => ParquetException.Corrupt("an LZ4 block is broken");
}
