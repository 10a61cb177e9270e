using System.Buffers.Text;
using System.Text.Json;
using InstructKit.Cells;
using InstructKit.Text;

namespace InstructKit.Evaluation.Scoring;

/// <summary>What a row of an evaluation set says is right. One per worker; each row overwrites the one before.</summary>
internal sealed class GoldRow
{
    /// <summary>The columns that are read, in cell order.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["id", "target", "choices", "answer_indexes", "answers", "group", "split", "row"];

    private readonly List<ReadOnlyMemory<byte>> _options = [];
    private readonly List<ReadOnlyMemory<byte>> _answers = [];
    private readonly List<int> _right = [];
    private ReadOnlyMemory<byte>[] _optionArray = [];
    private ReadOnlyMemory<byte>[] _answerArray = [];
    private int[] _rightArray = [];

    /// <summary>Hash of the id.</summary>
    public UInt128 Id { get; private set; }

    /// <summary>Number of the row in its source split.</summary>
    public long Row { get; private set; }

    /// <summary>What is resampled: the row, or the group that it belongs to.</summary>
    public UInt128 Unit { get; private set; }

    /// <summary>The options.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> Options => _optionArray;

    /// <summary>The right answers.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> Answers => _answerArray;

    /// <summary>Positions of the right options.</summary>
    public ReadOnlySpan<int> Right => _rightArray;

    /// <summary>Takes a row.</summary>
    public void Load(RowBatch batch, int row)
    {
        var cells = batch.Row(row);
        Id = PredictionIndex.HashOf(Plain(batch, cells[0]));
        _options.Clear();
        _answers.Clear();
        _right.Clear();
        ReadList(batch.Bytes(cells[2]), _options);
        ReadList(batch.Bytes(cells[4]), _answers);
        ReadIndexes(batch.Bytes(cells[3]));
        if (_answers.Count == 0) _answers.Add(Plain(batch, cells[1]).ToArray());
        (_optionArray, _answerArray, _rightArray) = ([.. _options], [.. _answers], [.. _right]);
        var number = Utf8Parser.TryParse(batch.Bytes(cells[7]), out long given, out _) ? given : 0;
        Row = number;
        var group = Plain(batch, cells[5]);
        Unit = group.IsEmpty ? (UInt128)(ulong)number : PredictionIndex.HashOf(group) | ((UInt128)1 << 127);
    }

    private static ReadOnlySpan<byte> Plain(RowBatch batch, Cell cell) => cell.Kind == CellKind.EscapedText ? JsonEscapes.Unescape(batch.Bytes(cell)) : batch.Bytes(cell);

    private static void ReadList(ReadOnlySpan<byte> json, List<ReadOnlyMemory<byte>> texts)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.String) continue;

            var text = new byte[reader.ValueSpan.Length];
            texts.Add(text.AsMemory(0, reader.CopyString(text)));
        }
    }

    private void ReadIndexes(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number) _right.Add(reader.GetInt32());
        }
    }
}

/// <summary>One scored answer to a row.</summary>
/// <param name="Row">Number of the row in its source split.</param>
/// <param name="Unit">What is resampled.</param>
/// <param name="Sample">Number of the sample.</param>
/// <param name="Answer">A number that is equal where answers are; 0 for none.</param>
/// <param name="Chosen">Position of the chosen option, or -1.</param>
/// <param name="Gold">Position of the (first) right option, or -1.</param>
/// <param name="Options">Number of options.</param>
/// <param name="Rights">Number of right options.</param>
/// <param name="IsRight">True when the answer is right.</param>
/// <param name="IsValid">False when the text held no answer of its format.</param>
/// <param name="GoldLabel">Number of the right option's text among the task's labels, or -1.</param>
/// <param name="ChosenLabel">The same of the chosen one.</param>
internal readonly record struct ScoredAnswer(
    long Row, UInt128 Unit, int Sample, ulong Answer, short Chosen, short Gold, short Options, short Rights, bool IsRight, bool IsValid, short GoldLabel, short ChosenLabel);
