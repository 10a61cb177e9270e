using System.Buffers.Binary;
using InstructKit.Formats.Training;
using InstructKit.Sources.Files;

namespace InstructKit.Sinks;

/// <summary>Writes sequences as Megatron-LM's indexed dataset: <c>SPLIT.bin</c> has the concatenated ids, <c>SPLIT.idx</c> the position of each sequence.
/// Each sequence is a separate document. Layout of the index (megatron/core/datasets/indexed_dataset.py), little-endian: <c>MMIDIDX\0\0</c>, version 1 (8
/// bytes), code of the type of ids (1 byte), number of sequences and of document indices (8 bytes each), lengths (4 bytes each), byte offsets (8 each),
/// document indices (8 each).</summary>
internal sealed class MegatronSink : IDisposable
{
    // Megatron uses 16 bits for vocabularies below this size, whose ids are then far below the largest 16-bit number.
    private const int SmallVocabulary = 65_500;
    private const byte Int32Code = 4;
    private const byte UInt16Code = 8;

    private readonly OutputFile _data;
    private readonly OutputFile _index;
    private readonly string _split;
    private readonly bool _isSmall;
    private readonly List<int> _lengths = [];
    private readonly Utf8Output _output = new();

    /// <summary>Opens the two files.</summary>
    /// <param name="shownFolder">The folder shown in messages.</param>
    /// <param name="split">The output split.</param>
    /// <param name="idLimit">One more than the largest id.</param>
    public MegatronSink(string folder, string shownFolder, string split, int idLimit)
    {
        _split = split;
        _isSmall = idLimit < SmallVocabulary;
        _data = new OutputFile(folder, split + ".bin", null, shownFolder);
        _index = new OutputFile(folder, split + ".idx", null, shownFolder);
    }

    /// <summary>Adds a sequence, with its padding.</summary>
    public void Write(PackedSequence sequence)
    {
        _output.Length = 0;
        for (var i = 0; i < sequence.Examples.Count; i++)
        {
            foreach (var token in sequence[i]) Put(token < 0 ? ~token : token);
        }

        for (var i = 0; i < sequence.Padding; i++) Put(sequence.PadId);
        _lengths.Add(_output.Length / Width);
        _data.Write(_output.Written, 1);
    }

    /// <summary>Writes the index and flushes both files.</summary>
    public void Finish()
    {
        Span<byte> head = stackalloc byte[34];
        "MMIDIDX\0\0"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt64LittleEndian(head[9..], 1);
        head[17] = _isSmall ? UInt16Code : Int32Code;
        BinaryPrimitives.WriteUInt64LittleEndian(head[18..], (ulong)_lengths.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(head[26..], (ulong)_lengths.Count + 1);
        _index.Write(head, 0);
        _output.Length = 0;
        foreach (var length in _lengths) BinaryPrimitives.WriteInt32LittleEndian(Next(sizeof(int)), length);
        var offset = 0L;
        foreach (var length in _lengths)
        {
            BinaryPrimitives.WriteInt64LittleEndian(Next(sizeof(long)), offset);
            offset += (long)length * Width;
        }

        for (var document = 0; document <= _lengths.Count; document++) BinaryPrimitives.WriteInt64LittleEndian(Next(sizeof(long)), document);
        _index.Write(_output.Written, _lengths.Count);
        _data.Finish();
        _index.Finish();
    }

    /// <summary>Gives the files their final names.</summary>
    public IReadOnlyList<PublishedFile> Publish() => [Publish(_data, _split + ".bin"), Publish(_index, _split + ".idx")];

    public void Dispose()
    {
        _data.Dispose();
        _index.Dispose();
    }

    private static PublishedFile Publish(OutputFile file, string name)
    {
        file.Rename(name);
        return new PublishedFile($"{OutputNames.Megatron}/{name}", file.Rows, file.Bytes, file.Sha256) { IsPacked = true };
    }

    private int Width => _isSmall ? sizeof(ushort) : sizeof(int);

    private void Put(int id)
    {
        if (_isSmall) BinaryPrimitives.WriteUInt16LittleEndian(Next(sizeof(ushort)), (ushort)id);
        else BinaryPrimitives.WriteInt32LittleEndian(Next(sizeof(int)), id);
    }

    private Span<byte> Next(int bytes)
    {
        var place = _output.Reserve(bytes);
        _output.Advance(bytes);
        return place[..bytes];
    }
}
