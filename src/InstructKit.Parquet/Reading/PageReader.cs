using System.Buffers.Binary;
using System.IO.Hashing;
using InstructKit.Parquet.Compression;
using InstructKit.Parquet.Encodings;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Pages;
using InstructKit.Parquet.Schema;
using Microsoft.Win32.SafeHandles;

namespace InstructKit.Parquet.Reading;

/// <summary>Reads the pages of one column chunk in order.</summary>
internal sealed class PageReader : IDisposable
{
    // Statistics in a header may hold whole values; anything larger than this is invalid.
    private const int MaxHeaderBytes = 16 << 20;
    private const int FirstHeaderBytes = 512;

    // Pages that are larger than this many windows are held a window at a time.
    private const int Windows = 4;

    private readonly ChunkWindow _window;
    private readonly LeafNode _leaf;
    private readonly ParquetReaderOptions _options;
    private readonly ParquetCodec _codec;
    private readonly PageMemory _memory;
    private readonly PageBuffer _page;
    private readonly PageBuffer _dictionaryPage;
    private readonly PageBuffer _levels;
    private readonly int _held;
    private long _valuesLeft;
    private long _charged;
    private int _toSkip;
    private PageStream? _stream;

    public PageReader(PageMemory memory, SafeFileHandle file, long dataEnd, ColumnChunk chunk, LeafNode leaf, ParquetReaderOptions options, int held)
    {
        _held = held;
        _memory = memory;
        _page = new PageBuffer(memory);
        _dictionaryPage = new PageBuffer(memory);
        _levels = new PageBuffer(memory);
        Joined = new PageBuffer(memory);
        _leaf = leaf;
        _options = options;
        _codec = PageDecompressor.Require(chunk.Codec);
        _valuesLeft = chunk.ValueCount;

        // Some writers state 0 where there is no dictionary, or omit the offset where there is one before the data.
        var start = chunk.DictionaryPageOffset is > 0 and var offset && offset < chunk.DataPageOffset ? offset : chunk.DataPageOffset;
        if (chunk.ValueCount < 0 || (chunk.ValueCount > 0 && (start < FileMetadata.Magic.Length || start > dataEnd)))
            throw ParquetException.Corrupt("the pages of the column are outside the file");

        // The declared size of a chunk is not used: old writers excluded the dictionary's header. The number of values ends the chunk.
        _window = new ChunkWindow(memory, file, start, dataEnd, (int)Math.Clamp(chunk.CompressedBytes, 0, held));
    }

    /// <summary>The dictionary, once its page has been read.</summary>
    public ValueDictionary? Dictionary { get; private set; }

    /// <summary>Buffer for values that are assembled from parts.</summary>
    public PageBuffer Joined { get; }

    /// <summary>Reads up to the next data page that has values; false after the last.</summary>
    public bool TryRead(out Page page)
    {
        _stream?.Finish();
        EndStream();
        while (_valuesLeft > 0)
        {
            _window.Advance(_toSkip);
            _toSkip = 0;
            var header = ReadHeader();
            CheckCounts(header);
            _toSkip = header.CompressedBytes;
            switch (header.Type)
            {
                case PageType.Dictionary: ReadDictionary(header, ReadBody(header)); break;
                case PageType.Data or PageType.DataV2:
                    if (header.ValueCount > _valuesLeft) throw ParquetException.Corrupt("the pages hold more values than the column");

                    _valuesLeft -= header.ValueCount;
                    if (header.ValueCount > 0)
                    {
                        page = header.Type == PageType.Data ? ReadV1(header) : ReadV2(header);
                        return true;
                    }

                    break;
                default: break;
            }
        }

        page = default;
        return false;
    }

    public void Dispose()
    {
        EndStream();
        _memory.Release(_charged);
        _charged = 0;
        _window.Dispose();
        Joined.Dispose();
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
                // The header continues after the window: read more.
            }
        }
    }

    private void EndStream()
    {
        _stream?.Dispose();
        _stream = null;
    }

    private void CheckCounts(in PageHeader header)
    {
        if (header.CompressedBytes > _window.Left)
            throw ParquetException.Corrupt($"a page of {header.CompressedBytes} bytes reaches beyond the end of the data");

        if (header.ValueCount > _options.MaxPageValues)
            throw ParquetException.TooLarge($"a page of {header.ValueCount} values is larger than {nameof(_options.MaxPageValues)} = {_options.MaxPageValues}");
    }

    // Only for a page that is held whole: the window skips others.
    private void CheckSize(in PageHeader header)
    {
        if (Math.Max(header.UncompressedBytes, header.CompressedBytes) > _options.MaxPageBytes)
        {
            throw ParquetException.TooLarge(
                $"a page of {header.UncompressedBytes} bytes is larger than {nameof(_options.MaxPageBytes)} = {_options.MaxPageBytes}", nameof(_options.MaxPageBytes));
        }
    }

    private ByteRange ReadBody(in PageHeader header)
    {
        CheckSize(header);
        var body = _window.Peek(header.CompressedBytes).Take(header.CompressedBytes);
        if (_options.VerifyChecksums && header.Checksum is { } checksum && Crc32.HashToUInt32(body.Span) != checksum)
            throw new ParquetException(ParquetErrorCodes.Checksum, "the checksum of a page is wrong");

        return body;
    }

    private void ReadDictionary(in PageHeader header, ByteRange body)
    {
        if (Dictionary is not null || header.Encoding is not (PageEncoding.Plain or PageEncoding.PlainDictionary))
            throw ParquetException.Corrupt("the column has a second dictionary, or one that is not PLAIN");

        // Always copied: the window moves on while the dictionary stays.
        PageDecompressor.Decompress(_codec, body.Bytes.AsMemory(body.Start, body.Length), _dictionaryPage, 0, header.UncompressedBytes);
        _dictionaryPage.Reserve(0, header.UncompressedBytes);
        var source = new ByteRange(_dictionaryPage.Bytes, 0, header.UncompressedBytes);
        PassBody();
        var tableBytes = 8L * Math.Min(header.ValueCount, header.UncompressedBytes);
        _memory.Charge(tableBytes);
        _charged += tableBytes;
        Dictionary = ValueDictionary.Read(source, _leaf.Type, _leaf.Width, header.ValueCount);
    }

    private Page ReadV1(in PageHeader header)
    {
        if (OpenStream(header, header.CompressedBytes, header.UncompressedBytes, _codec)) return ReadStreamed(header, _stream!);

        var bytes = Decompress(ReadBody(header), header.UncompressedBytes);
        var repetitions = TakeLevels(ref bytes, _leaf.RepetitionLevel, header.RepetitionEncoding, header.ValueCount);
        var definitions = TakeLevels(ref bytes, _leaf.DefinitionLevel, header.DefinitionEncoding, header.ValueCount);
        return new Page(header.ValueCount, repetitions, definitions, bytes, header.Encoding, null);
    }

    private Page ReadV2(in PageHeader header)
    {
        var levelBytes = (long)header.RepetitionBytes + header.DefinitionBytes;
        var expected = header.UncompressedBytes - levelBytes;
        if (header.RepetitionBytes < 0 || header.DefinitionBytes < 0 || expected < 0 || levelBytes > header.CompressedBytes)
            throw ParquetException.Corrupt("the levels of a page are larger than the page");

        if (_options.VerifyChecksums && header.Checksum is not null) ReadBody(header);

        // The window moves on while the levels stay.
        var levels = CopyLevels((int)levelBytes);
        var packed = header.CompressedBytes - (int)levelBytes;
        var codec = header.IsCompressed && packed > 0 ? _codec : ParquetCodec.Uncompressed;
        ByteRange values;
        if (OpenStream(header, packed, (int)expected, codec))
        {
            values = new ByteRange(_stream!.Bytes, 0, 0);
        }
        else
        {
            CheckSize(header);
            _toSkip = packed;
            values = _window.Peek(packed).Take(packed);
            values = codec == ParquetCodec.Uncompressed ? values : Decompress(values, (int)expected);
        }

        return new Page(
            header.ValueCount, Levels(levels.Take(header.RepetitionBytes), _leaf.RepetitionLevel, PageEncoding.Rle),
            Levels(levels.Skip(header.RepetitionBytes), _leaf.DefinitionLevel, PageEncoding.Rle), values, header.Encoding, _stream);
    }

    private static LevelDecoder? Levels(ByteRange bytes, int maxLevel, PageEncoding encoding) => maxLevel == 0 ? null : new LevelDecoder(bytes, maxLevel, encoding);

    private ByteRange CopyLevels(int count)
    {
        var copy = _window.Peek(count).Take(count).Span;
        copy.CopyTo(_levels.Reserve(0, count));
        _window.Advance(count);
        return new ByteRange(_levels.Bytes, 0, count);
    }

    // Pages of plain values, which are the large ones, are read and decompressed in step with their values, each a window at a time.
    private bool OpenStream(in PageHeader header, int packed, int expected, ParquetCodec codec)
    {
        if (header.Encoding != PageEncoding.Plain || _leaf.Type == PhysicalType.Boolean || expected == 0 || (_options.VerifyChecksums && header.Checksum is not null))
            return false;

        // Decompressing snappy incrementally is faster for text of any size.
        if (expected < Windows * _held && (codec != ParquetCodec.Snappy || _leaf.Type != PhysicalType.ByteArray)) return false;

        var stream = PageStreams.Open(new PackedPage(_window, codec, packed, expected, _held, _memory, _page), expected > _options.MaxPageBytes);
        _toSkip = stream is null ? _toSkip : 0;
        _stream = stream;
        return stream is not null;
    }

    private Page ReadStreamed(in PageHeader header, PageStream stream)
    {
        var at = 0;
        var repetitionBytes = CopyLevels(stream, ref at, _leaf.RepetitionLevel, header.RepetitionEncoding, header.ValueCount, 0);
        var definitionBytes = CopyLevels(stream, ref at, _leaf.DefinitionLevel, header.DefinitionEncoding, header.ValueCount, repetitionBytes);
        var levels = new ByteRange(_levels.Bytes, 0, repetitionBytes + definitionBytes);
        return new Page(
            header.ValueCount, Levels(levels.Take(repetitionBytes), _leaf.RepetitionLevel, header.RepetitionEncoding),
            Levels(levels.Skip(repetitionBytes), _leaf.DefinitionLevel, header.DefinitionEncoding), new ByteRange(stream.Bytes, at, at), header.Encoding, stream);
    }

    // Copies the levels after the used part of the buffer, and returns their size in bytes.
    private int CopyLevels(PageStream stream, ref int at, int maxLevel, PageEncoding encoding, int count, int used)
    {
        if (maxLevel == 0) return 0;

        int length;
        if (encoding == PageEncoding.BitPacked)
        {
            length = LevelDecoder.PackedBytes(maxLevel, count);
        }
        else
        {
            at = stream.Require(at, 4, mayMove: true);
            length = BinaryPrimitives.ReadInt32LittleEndian(stream.Bytes.AsSpan(at));
            at += 4;
        }

        if (length < 0 || length > stream.Ready - at + (long)stream.Undecoded) throw ParquetException.Corrupt("a page ends too early");

        for (var copied = 0; copied < length;)
        {
            var part = Math.Min(length - copied, stream.Window);
            at = stream.Require(at, part, mayMove: true);
            stream.Bytes.AsSpan(at, part).CopyTo(_levels.Reserve(used + copied, part));
            at += part;
            copied += part;
        }

        return length;
    }

    private ByteRange Decompress(ByteRange source, int expected)
    {
        if (_codec == ParquetCodec.Uncompressed) return source.Length == expected ? source : throw ParquetException.Corrupt(PageStreams.TwoSizes);

        PageDecompressor.Decompress(_codec, source.Bytes.AsMemory(source.Start, source.Length), _page, 0, expected);
        PassBody();
        _page.Reserve(0, expected);
        return new ByteRange(_page.Bytes, 0, expected);
    }

    // What has been decompressed is not needed any more.
    private void PassBody()
    {
        _window.Advance(_toSkip);
        _toSkip = 0;
        _window.Trim();
    }

    private static LevelDecoder? TakeLevels(ref ByteRange bytes, int maxLevel, PageEncoding encoding, int count)
    {
        if (maxLevel == 0) return null;

        int length;
        if (encoding == PageEncoding.BitPacked)
        {
            length = LevelDecoder.PackedBytes(maxLevel, count);
        }
        else
        {
            length = bytes.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
            bytes = bytes.Skip(4);
        }

        var levels = bytes.Take(length);
        bytes = bytes.Skip(length);
        return new LevelDecoder(levels, maxLevel, encoding);
    }
}
