using System.Numerics;
using System.Runtime.CompilerServices;

namespace InstructKit.Templating.Values;

/// <summary>Writes values as JSON: compact for sinks, or as Python's <c>json.dumps</c> does for the <c>tojson</c> filter.</summary>
/// <param name="itemSeparator">Between items.</param>
/// <param name="keySeparator">Between a key and its value.</param>
internal sealed class JsonPrinter(string itemSeparator, string keySeparator)
{
    private readonly byte[] _itemSeparator = Encoding.UTF8.GetBytes(itemSeparator);
    private readonly byte[] _keySeparator = Encoding.UTF8.GetBytes(keySeparator);

    /// <summary>The indentation per level, each on a new line; null for one line.</summary>
    public string? Indent { get; init; }

    public bool AsciiOnly { get; init; }

    /// <summary>Writes characters that are special in HTML as <c>\u003c</c> and so on.</summary>
    public bool HtmlSafe { get; init; }

    public bool SortKeys { get; init; }

    /// <summary>For sinks: undefined and non-finite numbers become null, ranges and views arrays.</summary>
    public bool Forgiving { get; init; }

    private static JsonPrinter Compact { get; } = new(",", ":") { Forgiving = true };

    public static void AppendCompact(Value value, Utf8Output output) => Compact.Append(value, output, 0);

    public void Append(Value value, Utf8Output output, int depth)
    {
        switch (value.Kind)
        {
            case ValueKind.None: output.AppendRaw("null"u8); break;
            case ValueKind.Boolean: output.AppendRaw(value.Bits != 0 ? "true"u8 : "false"u8); break;
            case ValueKind.Integer: AppendInteger(value, output); break;
            case ValueKind.Float: AppendFloat(value.AsDouble, output); break;
            case ValueKind.Text: AppendString(value.TextSpan, output); break;
            case ValueKind.Undefined when Forgiving: output.AppendRaw("null"u8); break;
            case ValueKind.List or ValueKind.Tuple: AppendArray(value.AsList, output, Enter(output, depth)); break;
            case ValueKind.Mapping: AppendObject(value.AsMap, output, Enter(output, depth)); break;
            case ValueKind.Other when Forgiving && value.AsObject.IsIterable: AppendIterable(value.AsObject, output, Enter(output, depth)); break;
            default: throw TemplateError.Type($"Object of type {PythonTypes.Name(value)} is not JSON serializable");
        }
    }

    private static int Enter(Utf8Output output, int depth)
    {
        if (depth >= RenderLimits.PrintDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw TemplateError.PrintDepth();
        output.CheckCeiling();
        output.Budget?.Step();
        return depth + 1;
    }

    private static void AppendInteger(Value value, Utf8Output output)
    {
        if (value.Reference is BigInteger big) PythonPrinter.AppendBig(big, output);
        else PythonPrinter.AppendInteger(value.Bits, output);
    }

    private void AppendFloat(double value, Utf8Output output)
    {
        if (double.IsFinite(value)) PythonPrinter.AppendFloat(value, output);
        else if (Forgiving) output.AppendRaw("null"u8);
        else output.AppendRaw(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8);
    }

    private void AppendArray(ValueList items, Utf8Output output, int depth)
    {
        if (items.Count == 0)
        {
            output.AppendRaw("[]"u8);
            return;
        }

        output.AppendRaw("["u8);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) output.AppendRaw(_itemSeparator);
            AppendBreak(output, depth);
            Append(items[i], output, depth);
        }

        AppendBreak(output, depth - 1);
        output.AppendRaw("]"u8);
    }

    private void AppendIterable(ObjectValue items, Utf8Output output, int depth)
    {
        var list = new ValueList();
        var state = 0L;
        while (items.TryNext(ref state, out var item))
        {
            if (list.Count == RenderLimits.CellValues) throw TemplateError.Value($"more than {RenderLimits.CellValues} values to write (limit: cell values)");
            list.Add(item);
        }

        AppendArray(list, output, depth);
    }

    private void AppendObject(ValueMap map, Utf8Output output, int depth)
    {
        if (map.Count == 0)
        {
            output.AppendRaw("{}"u8);
            return;
        }

        output.AppendRaw("{"u8);
        var pairs = map.ToArray();
        if (SortKeys) Sort(pairs);
        for (var i = 0; i < pairs.Length; i++)
        {
            if (i > 0) output.AppendRaw(_itemSeparator);
            AppendBreak(output, depth);
            AppendKey(pairs[i].Key, output);
            output.AppendRaw(_keySeparator);
            Append(pairs[i].Value, output, depth);
        }

        AppendBreak(output, depth - 1);
        output.AppendRaw("}"u8);
    }

    private static void Sort(KeyValuePair<Value, Value>[] pairs)
    {
        try
        {
            Array.Sort(pairs, static (a, b) => Comparison.Compare(null, a.Key, b.Key, "<"));
        }
        catch (InvalidOperationException failure) when (failure.InnerException is TemplateError error)
        {
            throw error; // the sort wraps exceptions from its comparison
        }
    }

    private void AppendBreak(Utf8Output output, int depth)
    {
        if (Indent is null) return;
        output.AppendRaw("\n"u8);
        for (var i = 0; i < depth; i++) output.AppendText(Indent);
        output.CheckCeiling();
    }

    private void AppendKey(Value key, Utf8Output output)
    {
        switch (key.Kind)
        {
            case ValueKind.Text: AppendString(key.TextSpan, output); break;
            case ValueKind.None or ValueKind.Boolean or ValueKind.Integer or ValueKind.Float:
                output.AppendRaw("\""u8);
                Append(key, output, 0);
                output.AppendRaw("\""u8);
                break;
            default: throw TemplateError.Type($"keys must be str, int, float, bool or None, not {PythonTypes.Name(key)}");
        }
    }

    private void AppendString(ReadOnlySpan<byte> text, Utf8Output output)
    {
        output.AppendRaw("\""u8);
        if (!HtmlSafe && (!AsciiOnly || (Ascii.IsValid(text) && !text.Contains((byte)127)))) output.AppendEscaped(text);
        else AppendCareful(text, output);
        output.AppendRaw("\""u8);
    }

    private void AppendCareful(ReadOnlySpan<byte> text, Utf8Output output)
    {
        Span<char> units = stackalloc char[2];
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var used);
            if (HtmlSafe && rune.Value is '<' or '>' or '&' or '\'')
            {
                AppendUnit((char)rune.Value, output);
            }
            else if (AsciiOnly && rune.Value >= 127)
            {
                for (var i = 0; i < rune.EncodeToUtf16(units); i++) AppendUnit(units[i], output);
            }
            else
            {
                output.AppendEscaped(text.Slice(at, used));
            }

            at += used;
        }
    }

    private static void AppendUnit(char unit, Utf8Output output) =>
        output.AppendRaw(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}")));
}
