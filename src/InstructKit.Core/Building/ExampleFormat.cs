using System.Buffers.Text;
using System.Text;
using InstructKit.Templates;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using InstructKit.Text;

namespace InstructKit.Building;

/// <summary>
/// How an example is written as a JSON line: <c>input</c>, <c>target</c>, in held-out splits <c>choices</c>, <c>answer_index</c> and <c>answers</c>,
/// then its provenance <c>task</c>, <c>cluster</c>, <c>template</c>, <c>kind</c>, <c>split</c>, <c>row</c>. Every line has every key, in this order, one
/// type per key: a task without choices has an empty list and the index -1.
/// </summary>
internal sealed class ExampleFormat
{
    private readonly byte[][] _provenance;
    private readonly bool _scored;

    /// <summary>Prepares the constant parts of the lines of a task.</summary>
    /// <param name="program">The task.</param>
    /// <param name="cluster">Its cluster.</param>
    /// <param name="sourceSplit">The source split that the rows are from.</param>
    /// <param name="scored">True for held-out splits.</param>
    public ExampleFormat(CompiledTask program, string cluster, string sourceSplit, bool scored)
    {
        _scored = scored;
        _provenance =
        [
            .. program.Prompts.Select(prompt =>
            {
                var output = new Utf8Output { JsonEscaped = true };
                Field(output, "task", program.Task.Key);
                Field(output, "cluster", cluster);
                Field(output, "template", prompt.Definition.Id);
                Field(output, "kind", prompt.Definition.KindText);
                Field(output, "split", sourceSplit);
                output.AppendRaw(",\"row\":"u8);
                return output.Written.ToArray();
            }),
        ];
    }

    /// <summary>Writes the line of the loaded row under a template. Returns a drop reason and writes nothing when the template makes no pair of input and target.</summary>
    /// <param name="evaluator">Holds the row.</param>
    /// <param name="prompt">The template.</param>
    /// <param name="index">Its index in the program.</param>
    /// <param name="row">Ordinal of the row in its source split.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="TemplateException">The template failed on this row.</exception>
    public string? Write(RowEvaluator evaluator, CompiledTemplate prompt, int index, long row, Utf8Output output)
    {
        var start = output.Length;
        output.AppendRaw("{\"input\":\""u8);
        output.JsonEscaped = true;
        var input = output.Length;
        evaluator.RenderInput(prompt, output);
        if (evaluator.PieceCount(prompt) > 2)
        {
            output.Length = start;
            return DropReasons.MorePieces;
        }

        if (IsBlank(output.Written[input..]))
        {
            output.Length = start;
            return DropReasons.EmptyInput;
        }

        output.AppendRaw("\",\"target\":\""u8);
        var target = output.Length;
        evaluator.RenderTarget(prompt, output);
        if (IsBlank(output.Written[target..]))
        {
            output.Length = start;
            return DropReasons.EmptyTarget;
        }

        output.AppendRaw("\""u8);
        if (_scored) WriteScoring(evaluator, prompt, output);

        output.AppendRaw(_provenance[index]);
        AppendInteger(output, row);
        output.AppendRaw("}\n"u8);
        return null;
    }

    private static void WriteScoring(RowEvaluator evaluator, CompiledTemplate prompt, Utf8Output output)
    {
        output.AppendRaw(",\"choices\":"u8);
        AppendTexts(output, evaluator.OptionsOf(prompt));
        output.AppendRaw(",\"answer_index\":"u8);
        AppendInteger(output, evaluator.AnswerIndexOf(prompt));
        output.AppendRaw(",\"answers\":"u8);
        var answers = evaluator.AnswersOf(prompt);
        if (!answers.IsUndefined)
        {
            AppendTexts(output, answers);
        }
        else
        {
            output.AppendRaw("[\""u8);
            evaluator.AnswerOf(prompt).AppendText(output);
            output.AppendRaw("\"]"u8);
        }
    }

    private static void AppendTexts(Utf8Output output, Value list)
    {
        output.AppendRaw("["u8);
        for (var i = 0; !list.IsUndefined && i < list.Count; i++)
        {
            output.AppendRaw(i == 0 ? "\""u8 : ",\""u8);
            list[i].AppendText(output);
            output.AppendRaw("\""u8);
        }

        output.AppendRaw("]"u8);
    }

    private static void AppendInteger(Utf8Output output, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var written);
        output.AppendRaw(digits[..written]);
    }

    // Blank as JSON text: spaces and escaped line ends and tabs.
    private static bool IsBlank(ReadOnlySpan<byte> escaped)
    {
        while (!escaped.IsEmpty)
        {
            if (escaped[0] == ' ') escaped = escaped[1..];
            else if (escaped is [(byte)'\\', (byte)'n' or (byte)'r' or (byte)'t', ..]) escaped = escaped[2..];
            else return false;
        }

        return true;
    }

    private static void Field(Utf8Output output, string name, string value)
    {
        output.AppendRaw(",\""u8);
        output.AppendRaw(Encoding.UTF8.GetBytes(name));
        output.AppendRaw("\":\""u8);
        output.AppendText(value);
        output.AppendRaw("\""u8);
    }
}
