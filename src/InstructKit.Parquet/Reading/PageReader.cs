using System.Buffers.Binary;
using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Encodings;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Schema;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Parquet.Reading;

/// <summary>Reads the pages of one column chunk in order.</summary>
internal sealed class PageReader : IDisposable
{
    // Statistics in a header may hold whole values; more than this is nonsense.
    private const int MaxHeaderBytes = 16 << 20;
    private const int FirstHeaderBytes = 512;

    private readonly ChunkWindow _window;
    private readonly LeafNode _leaf;
    private readonly ParquetReaderOptions _options;
    private readonly ParquetCodec _codec;
    private readonly PageBuffer _page = new();
    private readonly PageBuffer _dictionaryPage = new();
    private readonly PageBuffer _levels = new();
    private long _valuesLeft;
    private int _toSkip;
    private PendingBytes? _pending;

    public PageReader(SafeFileHandle file, long dataEnd, ColumnChunk chunk, LeafNode leaf, ParquetReaderOptions options)
    {
        _leaf = leaf;
        _options = options;
        _codec = PageDecompressor.Require(chunk.Codec);
        _valuesLeft = chunk.ValueCount;

        // Some writers say 0 where there is no dictionary, or leave the offset out where there is one in front of the data.
        var start = chunk.DictionaryPageOffset is > 0 and var offset && offset < chunk.DataPageOffset ? offset : chunk.DataPageOffset;
        if (chunk.ValueCount < 0 || (chunk.ValueCount > 0 && (start < ParquetFile.Magic.Length || start > dataEnd)))
        {
            throw ParquetException.Corrupt("the pages of the column lie outside the file");
        }

        // The declared size of a chunk is not used: old writers left the dictionary's header out of it. The number of values ends the chunk.
        _window = new ChunkWindow(file, start, dataEnd, chunk.CompressedBytes);
    }

    /// <summary>The dictionary, once its page has been read.</summary>
    public ValueDictionary? Dictionary { get; private set; }

    /// <summary>Reads up to the next data page that has values; false after the last.</summary>
    public bool TryRead(out Page page)
    {
        _pending?.Finish();
        _pending = null;
        while (_valuesLeft > 0)
        {
            _window.Advance(_toSkip);
            _toSkip = 0;
            var header = ReadHeader();
            CheckSizes(header);
            _toSkip = header.CompressedBytes;
            switch (header.Type)
            {
                case PageType.Dictionary:
                    ReadDictionary(header, ReadBody(header));
                    break;
                case PageType.Data or PageType.DataV2:
                    if (header.ValueCount > _valuesLeft)
                    {
                        throw ParquetException.Corrupt("the pages hold more values than the column");
                    }

                    _valuesLeft -= header.ValueCount;
                    if (header.ValueCount > 0)
                    {
                        page = header.Type == PageType.Data ? ReadV1(header) : ReadV2(header);
                        return true;
                    }

                    break;
                default:
                    break;
            }
        }

        page = default;
        return false;
    }

    public void Dispose()
    {
        _window.Dispose();
        _page.Dispose();
        _dictionaryPage.Dispose();
        _levels.Dispose();
    }

    private PageHeader ReadHeader()
    {
        for (var wanted = FirstHeaderBytes; ; wanted *= 4)
        {
            var bytes = _window.Peek(wanted);
            try
            {
                var header = PageHeader.Read(bytes.Span, out var length);
                _window.Advance(length);
                return header;
            }
            catch (ParquetException problem) when (problem.InnerException is EndOfStreamException && bytes.Length < _window.Left && wanted < MaxHeaderBytes)
            {
                // The header goes on behind the window: look further.
            }
        }
    }

    private void CheckSizes(in PageHeader header)
    {
        if (header.CompressedBytes > _window.Left)
        {
            throw ParquetException.Corrupt($"a page of {header.CompressedBytes} bytes reaches beyond the end of the data");
        }

        if (Math.Max(header.UncompressedBytes, header.CompressedBytes) > _options.MaxPageBytes)
        {
            throw ParquetException.TooLarge($"a page of {header.UncompressedBytes} bytes is larger than {nameof(_options.MaxPageBytes)} = {_options.MaxPageBytes}");
        }

        if (header.ValueCount > _options.MaxPageValues)
        {
            throw ParquetException.TooLarge($"a page of {header.ValueCount} values is larger than {nameof(_options.MaxPageValues)} = {_options.MaxPageValues}");
        }
    }

    private ByteRange ReadBody(in PageHeader header)
    {
        var body = _window.Peek(header.CompressedBytes).Take(header.CompressedBytes);
        if (_options.VerifyChecksums && header.Checksum is { } checksum && Crc32.Compute(body.Span) != checksum)
        {
            throw new ParquetException(ParquetErrorCodes.Checksum, "the checksum of a page is wrong");
        }

        return body;
    }

    private void ReadDictionary(in PageHeader header, ByteRange body)
    {
        if (Dictionary is not null || header.Encoding is not (PageEncoding.Plain or PageEncoding.PlainDictionary))
        {
            throw ParquetException.Corrupt("the column has a second dictionary, or one that is not PLAIN");
        }

        // Always copied: the window moves on while the dictionary stays.
        PageDecompressor.Decompress(_codec, body.Bytes.AsMemory(body.Start, body.Length), _dictionaryPage, 0, header.UncompressedBytes);
        _dictionaryPage.Reserve(0, header.UncompressedBytes);
        var source = new ByteRange(_dictionaryPage.Bytes, 0, header.UncompressedBytes);
        Dictionary = ValueDictionary.Read(source, _leaf.Type, _leaf.Width, header.ValueCount);
    }

    private Page ReadV1(in PageHeader header)
    {
        ByteRange bytes;
        if (IsStreamed(header, header.UncompressedBytes))
        {
            bytes = Stream(header.CompressedBytes, header.UncompressedBytes);
        }
        else
        {
            bytes = Decompress(ReadBody(header), header.UncompressedBytes);
        }

        var repetitions = TakeLevels(ref bytes, _leaf.RepetitionLevel, header.RepetitionEncoding, header.ValueCount);
        var definitions = TakeLevels(ref bytes, _leaf.DefinitionLevel, header.DefinitionEncoding, header.ValueCount);
        return new Page(header.ValueCount, repetitions, definitions, bytes, header.Encoding, _pending);
    }

    private Page ReadV2(in PageHeader header)
    {
        var levelBytes = (long)header.RepetitionBytes + header.DefinitionBytes;
        var expected = header.UncompressedBytes - levelBytes;
        if (expected < 0 || levelBytes > header.CompressedBytes)
        {
            throw ParquetException.Corrupt("the levels of a page are larger than the page");
        }

        ByteRange levels, values;
        if (header.IsCompressed && IsStreamed(header, (int)expected))
        {
            // The window moves on while the levels stay.
            var copy = _window.Peek((int)levelBytes).Take((int)levelBytes).Span;
            copy.CopyTo(_levels.Reserve(0, copy.Length));
            levels = new ByteRange(_levels.Bytes, 0, copy.Length);
            _window.Advance(copy.Length);
            values = Stream(header.CompressedBytes - copy.Length, (int)expected);
        }
        else
        {
            var body = ReadBody(header);
            levels = body.Take((int)levelBytes);
            values = body.Skip((int)levelBytes);
            values = header.IsCompressed && values.Length > 0 ? Decompress(values, (int)expected) : values;
        }

        return new Page(
            header.ValueCount,
            _leaf.RepetitionLevel == 0 ? null : new LevelDecoder(levels.Take(header.RepetitionBytes), _leaf.RepetitionLevel, PageEncoding.Rle),
            _leaf.DefinitionLevel == 0 ? null : new LevelDecoder(levels.Skip(header.RepetitionBytes), _leaf.DefinitionLevel, PageEncoding.Rle),
            values,
            header.Encoding,
            _pending);
    }

    // Snappy pages of plain byte arrays, which are the large ones, are read and decompressed in step with their values.
    private bool IsStreamed(in PageHeader header, int expected) =>
        _codec == ParquetCodec.Snappy && header.Encoding == PageEncoding.Plain && _leaf.Type == PhysicalType.ByteArray && expected > 0
        && !(_options.VerifyChecksums && header.Checksum is not null);

    private ByteRange Stream(int packed, int expected)
    {
        _toSkip = 0;
        _pending = new PendingBytes(_window, packed, _page, expected);
        return new ByteRange(_page.Bytes, 0, expected);
    }

    private ByteRange Decompress(ByteRange source, int expected)
    {
        if (_codec == ParquetCodec.Uncompressed)
        {
            return source.Length == expected ? source : throw ParquetException.Corrupt("a page that is not compressed has two sizes");
        }

        PageDecompressor.Decompress(_codec, source.Bytes.AsMemory(source.Start, source.Length), _page, 0, expected);
        _page.Reserve(0, expected);
        return new ByteRange(_page.Bytes, 0, expected);
    }

    private LevelDecoder? TakeLevels(ref ByteRange bytes, int maxLevel, PageEncoding encoding, int count)
    {
        if (maxLevel == 0)
        {
            return null;
        }

        int length;
        if (encoding == PageEncoding.BitPacked)
        {
            length = LevelDecoder.PackedBytes(maxLevel, count);
        }
        else
        {
            _pending?.Require(Math.Min(bytes.Start + 4, bytes.End));
            length = bytes.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
            bytes = bytes.Skip(4);
        }

        var levels = bytes.Take(length);
        bytes = bytes.Skip(length);
        _pending?.Require(levels.End);
        return new LevelDecoder(levels, maxLevel, encoding);
    }
}
