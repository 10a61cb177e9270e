using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace InstructKit.Templating.Values;

/// <summary>Python's <c>str()</c> and <c>repr()</c>.</summary>
internal static class PythonPrinter
{
    /// <summary>The containers around the one being printed, by depth.</summary>
    [ThreadStatic]
    private static object[]? Enclosing;

    public static void AppendStr(Value value, Utf8Output output)
    {
        switch (value.Kind)
        {
            case ValueKind.Text: output.AppendText(value.TextSpan); break;
            case ValueKind.Undefined: value.RequireLenient(); break;
            default: AppendRepr(value, output, 0); break;
        }
    }

    public static void AppendRepr(Value value, Utf8Output output, int depth)
    {
        switch (value.Kind)
        {
            case ValueKind.Undefined: output.AppendText("Undefined"u8); break;
            case ValueKind.None: output.AppendText("None"u8); break;
            case ValueKind.Boolean: output.AppendText(value.Bits != 0 ? "True"u8 : "False"u8); break;
            case ValueKind.Integer when value.Reference is BigInteger big: AppendBig(big, output); break;
            case ValueKind.Integer: AppendInteger(value.Bits, output); break;
            case ValueKind.Float: AppendFloat(value.AsDouble, output); break;
            case ValueKind.Text when value.IsSafe: AppendSafe(value, output); break;
            case ValueKind.Text: AppendQuoted(value.TextSpan, output); break;
            default: AppendContainer(value, output, depth); break;
        }
    }

    public static Value Repr(RenderContext context, Value value)
    {
        var output = context.BeginCapture();
        AppendRepr(value, output, 0);
        return context.EndCapture(output);
    }

    /// <summary>Python's <c>ascii()</c>: like <c>repr()</c>, with everything beyond ASCII escaped.</summary>
    public static Value Ascii(RenderContext context, Value value)
    {
        var text = Repr(context, value);
        if (System.Text.Ascii.IsValid(text.TextSpan)) return text;
        var output = context.BeginCapture();
        foreach (var rune in text.ToString().EnumerateRunes())
        {
            if (rune.IsAscii) output.AppendText([(byte)rune.Value]);
            else AppendEscape(rune.Value, output);
            output.CheckCeiling();
        }

        return context.EndCapture(output);
    }

    public static void AppendInteger(long value, Utf8Output output)
    {
        Utf8Formatter.TryFormat(value, output.Reserve(20), out var written);
        output.Advance(written);
    }

    public static void AppendFloat(double value, Utf8Output output) => output.Advance(FloatText.Format(value, output.Reserve(FloatText.MaxLength)));

    /// <summary>A text as a Python literal: quotes and escapes chosen as <c>repr()</c> does, or as <c>ascii()</c>.</summary>
    public static void AppendQuoted(ReadOnlySpan<byte> text, Utf8Output output, bool asciiOnly = false)
    {
        var quote = text.Contains((byte)'\'') && !text.Contains((byte)'"') ? (byte)'"' : (byte)'\'';
        output.AppendText([quote]);
        var start = 0;
        var at = 0;
        while (at < text.Length)
        {
            var lead = text[at];
            if (lead is >= 32 and < 127 && lead != quote && lead != '\\')
            {
                at++;
                continue;
            }

            Rune.DecodeFromUtf8(text[at..], out var rune, out var used);
            if (lead >= 128 && !asciiOnly && UnicodeClass.IsPrintable(rune.Value))
            {
                at += used;
                continue;
            }

            output.AppendText(text[start..at]);
            AppendEscape(rune.Value, output);
            at += used;
            start = at;
        }

        output.AppendText(text[start..]);
        output.AppendText([quote]);
        output.CheckCeiling();
    }

    private static void AppendSafe(Value value, Utf8Output output)
    {
        output.AppendText("Markup("u8);
        AppendQuoted(value.TextSpan, output);
        output.AppendText(")"u8);
    }

    private static void AppendEscape(int code, Utf8Output output)
    {
        switch (code)
        {
            case '\n': output.AppendText("\\n"u8); break;
            case '\r': output.AppendText("\\r"u8); break;
            case '\t': output.AppendText("\\t"u8); break;
            case '\\' or '\'' or '"': output.AppendText([(byte)'\\', (byte)code]); break;
            case < 0x100: output.AppendText(string.Create(CultureInfo.InvariantCulture, $"\\x{code:x2}")); break;
            case < 0x10000: output.AppendText(string.Create(CultureInfo.InvariantCulture, $"\\u{code:x4}")); break;
            default: output.AppendText(string.Create(CultureInfo.InvariantCulture, $"\\U{code:x8}")); break;
        }
    }

    public static void AppendBig(BigInteger value, Utf8Output output)
    {
        IntegerLimits.RequirePrintable(value);
        var words = value.GetBitLength() >> 5;
        (output.Budget as RenderContext)?.Step(words * words >> 11);
        output.AppendText(value.ToString(CultureInfo.InvariantCulture));
    }

    private static void AppendContainer(Value value, Utf8Output output, int depth)
    {
        if (depth >= RenderLimits.PrintDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw TemplateError.PrintDepth();
        output.CheckCeiling();
        output.Budget?.Step();
        if (value.Kind != ValueKind.Other && IsInside(value, depth))
        {
            output.AppendText(value.Kind switch { ValueKind.List => "[...]"u8, ValueKind.Tuple => "(...)"u8, _ => "{...}"u8 });
            return;
        }

        switch (value.Kind)
        {
            case ValueKind.List:
                output.AppendText("["u8);
                AppendItems(value.AsList, output, depth);
                output.AppendText("]"u8);
                break;
            case ValueKind.Tuple:
                output.AppendText("("u8);
                AppendItems(value.AsList, output, depth);
                output.AppendText(value.AsList.Count == 1 ? ",)"u8 : ")"u8);
                break;
            case ValueKind.Mapping: AppendMap(value.AsMap, output, depth); break;
            default: value.AsObject.AppendText(output, depth); break;
        }
    }

    /// <summary>True when the value is one of the containers being printed around it.</summary>
    private static bool IsInside(Value value, int depth)
    {
        var path = Enclosing ??= new object[RenderLimits.PrintDepth];
        path[depth] = value.Reference!; // a list, tuple or mapping holds its items
        return path.AsSpan(0, depth).Contains(value.Reference!);
    }

    private static void AppendItems(ValueList items, Utf8Output output, int depth)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) output.AppendText(", "u8);
            AppendRepr(items[i], output, depth + 1);
        }
    }

    private static void AppendMap(ValueMap map, Utf8Output output, int depth)
    {
        output.AppendText("{"u8);
        for (var i = 0; i < map.Count; i++)
        {
            if (i > 0) output.AppendText(", "u8);
            AppendRepr(map[i].Key, output, depth + 1);
            output.AppendText(": "u8);
            AppendRepr(map[i].Value, output, depth + 1);
        }

        output.AppendText("}"u8);
    }
}
