using System.Buffers.Text;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace InstructKit.Evaluation.Scoring;

/// <summary>The correct answers of a row of an evaluation set. One per worker; each row overwrites the previous one.</summary>
internal sealed class GoldRow
{
    /// <summary>The columns read, in cell order.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["id", "target", "choices", "answer_indexes", "answers", "group", "split", "row", "option_order"];

    private readonly List<(int Start, int Length)> _optionPlaces = [];
    private readonly List<(int Start, int Length)> _answerPlaces = [];
    private readonly List<int> _right = [];
    private readonly List<int> _order = [];
    private ReadOnlyMemory<byte>[] _options = [];
    private ReadOnlyMemory<byte>[] _answers = [];
    private byte[] _text = new byte[1 << 10];
    private int _textLength;

    /// <summary>Hash of the id.</summary>
    public UInt128 Id { get; private set; }

    /// <summary>Number of the row in its source split.</summary>
    public long Row { get; private set; }

    /// <summary>The resampling unit: the row, or its group.</summary>
    public ulong Unit { get; private set; }

    public ReadOnlySpan<ReadOnlyMemory<byte>> Options => _options.AsSpan(0, _optionPlaces.Count);

    /// <summary>The correct answers.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> Answers => _answers.AsSpan(0, _answerPlaces.Count);

    /// <summary>Positions of the correct options.</summary>
    public ReadOnlySpan<int> Right => CollectionsMarshal.AsSpan(_right);

    /// <summary>The row's option for each shown option, because they may be shown in another order.</summary>
    public int SourceOf(int option) => option >= 0 && option < _order.Count ? _order[option] : option;

    public void Load(RowBatch batch, int row)
    {
        var cells = batch.Row(row);
        Id = PredictionIndex.HashOf(Plain(batch, cells[0]));
        _textLength = 0;
        ReadList(batch.Bytes(cells[2]), _optionPlaces);
        ReadList(batch.Bytes(cells[4]), _answerPlaces);
        ReadIndexes(batch.Bytes(cells[3]), _right);
        ReadIndexes(batch.Bytes(cells[8]), _order);
        if (_answerPlaces.Count == 0)
        {
            var target = Plain(batch, cells[1]);
            target.CopyTo(Room(target.Length));
            _answerPlaces.Add((_textLength, target.Length));
            _textLength += target.Length;
        }

        Take(_optionPlaces, ref _options);
        Take(_answerPlaces, ref _answers);
        Row = Utf8Parser.TryParse(batch.Bytes(cells[7]), out long number, out _) ? number : 0;
        var group = Plain(batch, cells[5]);
        // Hashes of groups have the first bit set, unlike row numbers.
        Unit = group.IsEmpty ? (ulong)Row : XxHash3.HashToUInt64(group) | (1UL << 63);
    }

    private static ReadOnlySpan<byte> Plain(RowBatch batch, Cell cell) => cell.Kind == CellKind.EscapedText ? JsonEscapes.Unescape(batch.Bytes(cell)) : batch.Bytes(cell);

    private Span<byte> Room(int length)
    {
        if (_text.Length < _textLength + length) Array.Resize(ref _text, Math.Max(_textLength + length, 2 * _text.Length));
        return _text.AsSpan(_textLength);
    }

    private void ReadList(ReadOnlySpan<byte> json, List<(int, int)> places)
    {
        places.Clear();
        if (json.Length <= 2) return;

        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.String) continue;

            var length = reader.CopyString(Room(reader.ValueSpan.Length));
            places.Add((_textLength, length));
            _textLength += length;
        }
    }

    // Only now: the text may have moved while it grew.
    private void Take(List<(int Start, int Length)> places, ref ReadOnlyMemory<byte>[] texts)
    {
        if (texts.Length < places.Count) texts = new ReadOnlyMemory<byte>[Math.Max(places.Count, 2 * texts.Length)];
        for (var i = 0; i < places.Count; i++) texts[i] = _text.AsMemory(places[i].Start, places[i].Length);
    }

    private static void ReadIndexes(ReadOnlySpan<byte> json, List<int> indexes)
    {
        indexes.Clear();
        if (json.Length <= 2) return;

        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number) indexes.Add(reader.GetInt32());
        }
    }
}

/// <summary>One scored answer to a row.</summary>
/// <param name="Row">Number of the row in its source split.</param>
/// <param name="Unit">The resampling unit.</param>
/// <param name="Answer">A number that is equal for equal answers; 0 for none.</param>
/// <param name="Chosen">Position of the chosen option, or -1.</param>
/// <param name="Gold">Position of the (first) correct option, or -1.</param>
/// <param name="Rights">Number of correct options.</param>
/// <param name="IsRight">True when the answer is correct.</param>
/// <param name="IsValid">False when the text contained no answer in its format.</param>
/// <param name="GoldLabel">Index of the correct option's text among the task's labels, or -1.</param>
/// <param name="ChosenLabel">The same of the chosen one.</param>
/// <param name="Source">The row's option that was chosen, independent of the shown order; -1 for none.</param>
internal readonly record struct ScoredAnswer(
    long Row, ulong Unit, int Sample, ulong Answer, short Chosen, short Gold, short Options, short Rights, bool IsRight, bool IsValid, short GoldLabel, short ChosenLabel, short Source);
