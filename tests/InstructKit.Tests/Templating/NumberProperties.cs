using FsCheck;
using FsCheck.Fluent;
using InstructKit.Templating;
using InstructKit.Templating.Settings;
using InstructKit.Templating.Values;
using Xunit;

namespace InstructKit.Tests.Templating;

public sealed class NumberProperties
{
    private static readonly string[] Numbers =
    [
        "0", "1", "-1", "7", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "123456789012345678901234567890", "2147483648", "-2147483649", "0.0", "-0.0", "2.5", "1e308", "5e-324",
        "0.00030000000000000003", "1e16", "true", "none", "'12'", "(1, 2)", "'inf' | float", "'nan' | float",
    ];

    private static readonly string[] Operators = ["+", "-", "*", "/", "//", "%", "**", "<", "==", "in", "~"];

    private static readonly string[] Uses =
    [
        "({0}) | abs", "({0}) | round(2)", "({0}) | round(-3, 'ceil')", "({0}) | int", "({0}) | filesizeformat", "'%d' % ({0})", "'%*d' % ({0}, 3)", "'%c' % ({0})", "'{{:c}}'.format({0})", "'{{:012,}}'.format({0})",
        "'abc'[{0}:]", "[1, 2][::{0}]", "range({0})", "'ab'.center({0})", "[1] | batch({0}) | list", "[1] | slice({0}) | list", "'a b' | truncate({0})", "'ab' | wordwrap({0})", "{{ ({0}): 1 }}[{0}]", "({0}) | tojson",
    ];

    /// <summary>The limits of every number range in every position for a number: only a result or a diagnostic.</summary>
    [Fact]
    public void NumbersNeverCrash()
    {
        var plain = from left in Gen.Elements(Numbers) from sign in Gen.Elements(Operators) from right in Gen.Elements(Numbers) select $"({left}) {sign} ({right})";
        var used = from number in Gen.OneOf(Gen.Elements(Numbers), plain) from use in Gen.Elements(Uses) select string.Format(CultureInfo.InvariantCulture, use, number);
        Prop.ForAll(Gen.OneOf(plain, used).ToArbitrary(), RendersOrFails).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    /// <summary>Every float is written with digits that round-trip.</summary>
    [Fact]
    public void PrintedFloatsReadBack() => Prop.ForAll<double>(number =>
    {
        foreach (var value in new[] { number, number * 1e-4, number / 3e-4, number * 1e300 })
        {
            if (double.IsFinite(value) && double.Parse(Value.From(value).ToString(), CultureInfo.InvariantCulture) != value) return false;
        }

        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static bool RendersOrFails(string expression)
    {
        try
        {
            var template = InstructKit.Templating.Template.Parse(SourceText.FromText("t", "{{ " + expression + " }}"), TemplateOptions.For(Dialect.Jinja));
            var context = new RenderContext(RenderLimits.Default) { Variables = Value.FromJson("{}"u8) };
            context.BeginRow([], []);
            template.Render(context, new Utf8Output());
        }
        catch (DiagnosticException)
        {
            // As expected.
        }

        return true;
    }
}
